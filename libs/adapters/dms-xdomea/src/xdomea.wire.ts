// SPDX-License-Identifier: EUPL-1.2
/*
 * Words and order of xdomea 3.0.0 and 4.0.0, read in the XSDs of the standard (Baukasten, Information austauschen, Fachverfahrensdaten
 * austauschen) and in the public samples of the state archive of North Rhine-Westphalia. Inferred: the code for SHA-512 (the sample has
 * SHA-256), and 100 for "Sonstiges" in the list of file formats of 3.0.0 (4.0.0 says so).
 */
import { type Element, unqualified, x } from './xdomea.xml.wire.js';

export type XdomeaVersion = '3.0.0' | '4.0.0';
export type MessageType = '0605' | '0101';

/** Name of the root element; the part before the number is the name of the message. */
const ROOTS: Readonly<Record<MessageType, string>> = { '0605': 'FVDaten.SGOAblegen.0605', '0101': 'Information.Information.0101' };
const CODE_LISTS = {
  messageType: { '3.0.0': '2.0', '4.0.0': '3.0' },
  medium: '1.0',
  electronic: '001',
  otherFormat: '100',
} as const;

export interface MessageBody {
  readonly institution: string;
  readonly unit?: string | undefined;
}
/** Index data without a place of their own in the standard. */
export type Fields = readonly { readonly name: string; readonly value: string }[];
export interface MessageObject {
  readonly id: string;
  readonly title: string;
  /** Empty = none. */
  readonly number: string;
  readonly fields: Fields;
}
export interface MessageDocument extends Omit<MessageObject, 'number'> {
  readonly number: number;
  /** Day on which it came in or went out. */
  readonly received?: string;
  readonly sent?: string;
  readonly kind: string;
  readonly mediaType: string;
  /** Of the list of file formats; undefined = none fits. */
  readonly formatCode: string | undefined;
  readonly fileName: string;
  readonly originalName: string;
  readonly sha512: string;
}
/** A message, said without the standard's words. */
export interface Message {
  readonly version: XdomeaVersion;
  readonly type: MessageType;
  readonly processId: string;
  readonly messageId: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly createdAt: string;
  readonly isTest: boolean;
  readonly sender: MessageBody;
  readonly receiver: MessageBody;
  readonly creator: string;
  readonly location: string | undefined;
  /** Id of what is filed in the sending system. */
  readonly objectId: string;
  readonly fileFormatsVersion: string;
  readonly akte: MessageObject & { readonly plan: { readonly number: string; readonly title?: string | undefined } | undefined };
  readonly vorgang: MessageObject;
  readonly documents: readonly MessageDocument[];
}

/** Name of ZIP and XML without their endings: 4.0 counts the messages of a type in a process, 3.0 has one. */
export function stemOf({ version, type, processId }: Pick<Message, 'version' | 'type' | 'processId'>): string {
  return version === '4.0.0' ? `${processId}_${type}_1` : `${processId}_${ROOTS[type]}`;
}

/** The message as elements in the order of its schema. Pure. */
export function messageElement(message: Message): Element {
  const { version, type } = message;
  const namespace = { 'xmlns:xdomea': `urn:xoev-de:xdomea:schema:${version}` };
  const ofProduct = {
    produkt: 'Amtsbote',
    produkthersteller: 'Amtsbote',
    standard: 'xdomea',
    ...(message.isTest ? { test: 'Test' } : {}),
    version,
  };
  const object = x('Schriftgutobjekt', [akteElement(message)]);
  const filed = x('SchriftgutobjektZumAblegen', [
    x('FachverfahrenObjektID', message.objectId),
    object,
    message.location === undefined ? undefined : x('Ablageort', message.location),
  ]);
  const content = type === '0605' ? filed : object;
  if (version === '3.0.0') return x(ROOTS[type], [headOf3(message), content], namespace);
  const counted = type === '0101' ? [x('LfdNrNachrichtProTyp', '1'), x('GesamtanzahlNachrichtenProTyp', '1')] : [];
  return x(ROOTS[type], [headOf4(message), ...requestsOf(message), ...counted, content], { ...namespace, ...ofProduct });
}

/** Which confirmations are wanted, and from whom: in the head of 3.0, after it in 4.0. */
function requestsOf({ type, creator }: Message): Element[] {
  if (type === '0101') return [x('Empfangsbestaetigung', '0')];
  // Importbestaetigung is fixed to 1 in the schema; values with `fixed` are compared as texts.
  return [x('Empfangsbestaetigung', '0'), x('Importbestaetigung', '1'), x('Erstellerkennung', creator), x('Stapel', '0')];
}

function headOf3(message: Message): Element {
  return x('Kopf', [
    x('ProzessID', message.processId),
    x('Nachrichtentyp', ...messageTypeCode(message)),
    x('Erstellungszeitpunkt', message.createdAt),
    x('Absender', contact3(message.sender)),
    x('Empfaenger', contact3(message.receiver)),
    x('SendendesSystem', [x('Produktname', 'Amtsbote')]),
    ...requestsOf(message),
  ]);
}

function headOf4(message: Message): Element {
  const [code, attributes] = messageTypeCode(message);
  return x('nachrichtenkopf', [
    x('identifikation.nachricht', [
      unqualified('nachrichtenUUID', message.messageId),
      { ...unqualified('nachrichtentyp', code), attributes },
      unqualified('erstellungszeitpunkt', message.createdAt),
    ]),
    x('leser', contact4(message.receiver)),
    x('autor', contact4(message.sender)),
    x('ProzessID', message.processId),
  ]);
}

function messageTypeCode({ type, version }: Message): [Element[], Record<string, string>] {
  const name = ROOTS[type].slice(0, -5);
  const list = { listURI: 'urn:xoev-de:xdomea:codeliste:nachrichtentyp', listVersionID: CODE_LISTS.messageType[version] };
  return [[unqualified('code', type), unqualified('name', name)], list];
}

function contact3({ institution, unit }: MessageBody): Element[] {
  return [x('Institution', [x('Name', institution)]), ...(unit === undefined ? [] : [x('Organisationseinheit', [x('Name', unit)])])];
}
function contact4({ institution, unit }: MessageBody): Element[] {
  return [
    x('NameInstitution', [x('Name', institution)]),
    ...(unit === undefined ? [] : [x('NameOrganisationseinheit', [x('Name', unit)])]),
  ];
}

function akteElement(message: Message): Element {
  const { akte, version } = message;
  const plan =
    akte.plan === undefined
      ? undefined
      : x('Aktenplaneinheit', [
          x('Kennzeichen', akte.plan.number),
          akte.plan.title === undefined ? undefined : x('Inhaltsangabe', akte.plan.title),
        ]);
  return x('Akte', [
    identification(version, akte.id),
    metadata(akte.title, akte.number, plan),
    x('Akteninhalt', [vorgangElement(message)]),
    extension(akte.fields),
  ]);
}

function vorgangElement({ vorgang, documents, version, fileFormatsVersion }: Message): Element {
  return x('Vorgang', [
    identification(version, vorgang.id),
    metadata(vorgang.title, vorgang.number),
    ...documents.map((document) => documentElement(document, version, fileFormatsVersion)),
    extension(vorgang.fields),
  ]);
}

function documentElement(document: MessageDocument, version: XdomeaVersion, fileFormatsVersion: string): Element {
  const described = [
    identification(version, document.id, document.number),
    metadata(document.title, ''),
    document.received === undefined ? undefined : x('Posteingangsdatum', document.received),
    document.sent === undefined ? undefined : x('Postausgangsdatum', document.sent),
    x('Typ', document.kind),
  ];
  const held = x('Version', [x('Nummer', '1'), formatElement(document, version, fileFormatsVersion)]);
  // The order of the two differs: DokumentType of 3.0, DokumentSchriftstueckBasisType with its extension in 4.0.
  if (version === '3.0.0') return x('Dokument', [...described, held, extension(document.fields)]);
  return x('DokumentOderDokumentMitSchriftstueck', [x('Dokument', [...described, extension(document.fields), held])]);
}

function formatElement(document: MessageDocument, version: XdomeaVersion, listVersionID: string): Element {
  const { formatCode, mediaType, fileName, originalName, sha512 } = document;
  const list = { listURI: 'urn:xoev-de:xdomea:codeliste:dateiformat', listVersionID };
  return x('Format', [
    x('Name', [unqualified('code', formatCode ?? CODE_LISTS.otherFormat)], list),
    formatCode === undefined ? x('SonstigerName', mediaType) : undefined,
    x('Version', ''),
    x('Primaerdokument', [
      x('Dateiname', fileName),
      x('DateinameOriginal', originalName),
      version === '3.0.0' ? undefined : hashElement(sha512),
    ]),
  ]);
}

function hashElement(sha512: string): Element {
  const list = { listURI: 'urn:xoev-de:kosit:codeliste:xta.serviceprofile.kryptographische-algorithmen', listVersionID: '1.0.0' };
  return x('Hash', [x('Wert', sha512), x('Algorithmus', [unqualified('code', 'SHA-512')], list)]);
}

function identification(version: XdomeaVersion, id: string, number?: number): Element {
  return x('Identifikation', [
    x(version === '3.0.0' ? 'ID' : 'xdomeaUUID', id),
    number === undefined ? undefined : x('NummerImUebergeordnetenContainer', String(number)),
  ]);
}

function metadata(title: string, number: string, plan?: Element): Element {
  const medium = { listURI: 'urn:xoev-de:xdomea:codeliste:medium', listVersionID: CODE_LISTS.medium };
  return x('AllgemeineMetadaten', [
    x('Betreff', title),
    number === '' ? undefined : x('Kennzeichen', number),
    x('Medium', [unqualified('code', CODE_LISTS.electronic)], medium),
    plan,
  ]);
}

function extension(fields: Fields): Element | undefined {
  if (fields.length === 0) return undefined;
  return x('AnwendungsspezifischeErweiterung', [
    x('Kennung', 'amtsbote'),
    x('Name', 'Amtsbote'),
    ...fields.map(({ name, value }) => x('Feld', [x('Name', name), x('Wert', value)])),
  ]);
}
