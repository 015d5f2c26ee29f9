// SPDX-License-Identifier: EUPL-1.2
import type {
  ApprovalModule,
  DeadlineModule,
  DocumentModule,
  FeeModule,
  FeeRule,
  ModuleFrame,
  NoteModule,
  PortalModule,
  ServiceDeadline,
  ServiceDocument,
  ServiceFee,
  TermModule,
  TextModule,
  TimeLimit,
} from '@amtsbote/canonical';

import { absent, type Codec, constant, type Field, type Fields, many, one, record } from './xzufi.codec.mapping.js';
import type { XmlElement } from './xzufi.elements.client.js';
import { amount, bareLink, code, html, identifier, link, localized, period } from './xzufi.parts.wire.js';
import { alternative, choice, flag, token, whole } from './xzufi.values.mapping.js';
import type { Dialect } from './xzufi.wire.js';

/* The modules of a Leistung. Spelling of names [M] is inferred from FITKO's model, as the place of choices in their elements [I]. */

const none = (): undefined => undefined;
const noList = (): never[] => [];

/** Every module; the channel is of 2.3.1 [M]. */
function frame(dialect: Dialect): Fields<ModuleFrame> {
  return {
    channel: dialect === '2.3.1' ? one('zugangskanal', code) : absent(none),
    position: one('positionDarstellung', whole),
    id: one('id', identifier),
    secondaryIds: many('idSekundaer', identifier),
    validity: many('gueltigkeit', period),
  };
}

const links = many('weiterfuehrenderLink', link);
const description = many('beschreibung', html);

/** modulText and modulTextIndividuell, which differ in the name of their type. */
export function textModule(dialect: Dialect, type: 'leikaTextmodul' | 'individuellesTextmodultyp'): Codec<TextModule> {
  return record<TextModule>({
    ...frame(dialect),
    type: one(type, code),
    alternativeNames: type === 'leikaTextmodul' ? many('leikaTextmodulAbweichendeBezeichnung', localized) : absent(noList),
    content: many('inhalt', html),
    links,
  });
}

/** FristDauer or FristStichtag [M]; that they are elements inside of `fristauswahl` is inferred. */
const timeLimit = choice<TimeLimit>({
  duration: alternative<Extract<TimeLimit, { kind: 'duration' }>>(
    'fristDauer',
    {
      kind: constant('duration'),
      value: one('dauer', whole) as Field<number>,
      unit: one('einheit', code) as Field<Extract<TimeLimit, { kind: 'duration' }>['unit']>,
      valueTo: one('dauerBis', whole),
      unitTo: one('einheitBis', code),
    },
    ['dauer', 'einheit'],
    ['value', 'unit'],
  ),
  keyDate: alternative<Extract<TimeLimit, { kind: 'keyDate' }>>(
    'fristStichtag',
    { kind: constant('keyDate'), from: one('von', token), to: one('bis', token) },
    ['von', 'bis'],
  ),
});

const deadline = record<ServiceDeadline>({
  type: one('typ', code),
  limit: one('fristauswahl', timeLimit),
  description,
  position: one('positionDarstellung', whole),
  validity: many('gueltigkeit', period),
});

/** modulFrist and modulBearbeitungsdauer. */
export function deadlineModule(dialect: Dialect, entry: 'frist' | 'bearbeitungsdauer'): Codec<DeadlineModule> {
  return record<DeadlineModule>({ ...frame(dialect), deadlines: many(entry, deadline), description, links });
}

/** KostenFix, KostenVariabel, KostenFrei [M]; their place is inferred. */
const feeRule = choice<FeeRule>({
  fixed: alternative<Extract<FeeRule, { kind: 'fixed' }>>(
    'kostenFix',
    { kind: constant('fixed'), amount: one('betrag', amount) as Field<Extract<FeeRule, { kind: 'fixed' }>['amount']> },
    ['betrag'],
    ['amount'],
  ),
  variable: alternative<Extract<FeeRule, { kind: 'variable' }>>(
    'kostenVariabel',
    {
      kind: constant('variable'),
      from: one('betragUntergrenze', amount),
      to: one('betragObergrenze', amount),
      notes: many('beschreibungVariabilitaet', localized),
    },
    ['betragUntergrenze', 'betragObergrenze', 'beschreibungVariabilitaet'],
  ),
  free: alternative<Extract<FeeRule, { kind: 'free' }>>(
    'kostenFrei',
    { kind: constant('free'), notes: many('beschreibungKostenfreiheit', localized) },
    ['beschreibungKostenfreiheit'],
  ),
});

/** modulKosten. */
export function feeModule(dialect: Dialect): Codec<FeeModule> {
  const fee = record<ServiceFee>({
    type: one('typ', code),
    rule: one('kostenauswahl', feeRule),
    description,
    isPrepaid: one('vorkasse', flag),
    calculationLinks: many('linkKostenbildung', dialect === '2.3.1' ? link : bareLink),
    position: one('positionDarstellung', whole),
    validity: many('gueltigkeit', period),
  });
  return record<FeeModule>({ ...frame(dialect), fees: many('kosten', fee), description, links });
}

/** The type of a document: `code`, or a value that its list does not have [M]. */
function document(dialect: Dialect): Codec<ServiceDocument> {
  const is231 = dialect === '2.3.1';
  return record<ServiceDocument>({
    ...documentType(is231 ? 'art' : 'typ'),
    names: many('bezeichnung', localized),
    description,
    formIds: many(is231 ? 'formularReferenz' : 'referenzFormularID', identifier),
    signature: one('angabeSignatur', code),
    requirement: absent(none),
    requirementReasons: absent(noList),
    isTrigger: absent(none),
  });
}

function documentType(name: string): Pick<Fields<ServiceDocument>, 'type' | 'otherType'> {
  interface Type {
    code?: ServiceDocument['type'] | undefined;
    other?: string | undefined;
  }
  const nested = record<Type>({ code: one('code', code), other: one('nichtGelisteterWert', token) });
  const isNested = (element: XmlElement): boolean =>
    element.parts.some(
      (part) => typeof part !== 'string' && (part.local === 'nichtGelisteterWert' || part.parts.some((one) => typeof one !== 'string')),
    );
  return {
    type: {
      empty: none,
      enter: (key, table) => {
        table.elements.set(name, (element, target, reading) => {
          if (target[key] !== undefined || target['otherType'] !== undefined) {
            reading.keepElement(element);
            return;
          }
          const value: Type | undefined = isNested(element)
            ? reading.readBelow(name, 1, nested, element)
            : { code: reading.readBelow(name, 1, code, element) };
          if (value?.code === undefined && value?.other === undefined) {
            reading.keepElement(element);
            return;
          }
          if (value.code !== undefined) target[key] = value.code;
          if (value.other !== undefined) target['otherType'] = value.other;
        });
      },
      write: (value, element, writing) => {
        if (value === undefined) return;
        const child = writing.element(name);
        code.write(value, child, writing);
        element.parts.push(child);
      },
    },
    otherType: {
      empty: none,
      enter: () => undefined,
      write: (value, element, writing) => {
        if (value === undefined) return;
        const child = writing.element(name);
        nested.write({ other: value }, child, writing);
        element.parts.push(child);
      },
    },
  };
}

/** 2.3.1: a document to hand in stands inside of what says how far it is needed [M]. */
function incomingDocument(): Codec<ServiceDocument> {
  const inner = document('2.3.1');
  type Outer = Pick<ServiceDocument, 'requirement' | 'requirementReasons' | 'isTrigger'> & { document?: ServiceDocument | undefined };
  const outer = record<Outer>({
    requirement: one('pflichtangabetyp', code),
    requirementReasons: many('pflichtangabeGrundKontextabhaengigkeit', code),
    isTrigger: one('kennzeichenAusloeser', flag),
    document: one('dokument', inner),
  });
  return {
    read: (element, reading) => {
      const value = outer.read(element, reading);
      if (value?.document === undefined) return undefined;
      const { document: found, ...needed } = value;
      return { ...found, ...needed };
    },
    write: ({ requirement, requirementReasons, isTrigger, ...found }, element, writing) => {
      const needed = {
        requirementReasons,
        ...(requirement === undefined ? {} : { requirement }),
        ...(isTrigger === undefined ? {} : { isTrigger }),
      };
      outer.write({ ...needed, document: { ...found, requirementReasons: [] } }, element, writing);
    },
  };
}

/** modulDokument. */
export function documentModule(dialect: Dialect): Codec<DocumentModule> {
  const is231 = dialect === '2.3.1';
  return record<DocumentModule>({
    ...frame(dialect),
    incoming: many('dokumentEingehend', is231 ? incomingDocument() : document(dialect)),
    outgoing: many('dokumentAusgehend', document(dialect)),
    description: is231 ? absent(noList) : description,
    incomingDescription: is231 ? many('beschreibungEingehend', html) : absent(noList),
    outgoingDescription: is231 ? many('beschreibungAusgehend', html) : absent(noList),
    links,
  });
}

/** modulBegriffImKontext. */
export function termModule(dialect: Dialect): Codec<TermModule> {
  const term = record<TermModule['terms'][number]>({ names: many('begriff', localized), type: one('typ', code) });
  return record<TermModule>({ ...frame(dialect), terms: many('begriffImKontext', term) });
}

/** modulFachlicheFreigabe. */
export function approvalModule(dialect: Dialect): Codec<ApprovalModule> {
  return record<ApprovalModule>({
    ...frame(dialect),
    approvedOn: one('fachlichFreigegebenAm', token),
    approvedBy: many('fachlichFreigegebenDurch', localized),
  });
}

/** modulAuskunftshinweis [M]. */
export function noteModule(dialect: Dialect): Codec<NoteModule> {
  return record<NoteModule>({ ...frame(dialect), content: many('inhalt', html), links });
}

/** modulUrsprungsportal: a link that is a module; `dynamischeParameter` is of 2.3.1 [M]. */
export function portalModule(dialect: Dialect): Codec<PortalModule> {
  type Flat = ModuleFrame & Pick<PortalModule, 'parameters'>;
  const parameter = record<PortalModule['parameters'][number]>({ type: one('typ', code), name: one('parameterName', token) });
  const LINK = ['uri', 'titel', 'beschreibung'];
  const flat = record<Flat>({
    ...frame(dialect),
    parameters: dialect === '2.3.1' ? many('dynamischeParameter', parameter) : absent(noList),
  });
  return {
    read: (element, reading) => {
      const isLink = (part: string | XmlElement): boolean => typeof part !== 'string' && LINK.includes(part.local);
      const value = link.read({ ...element, parts: element.parts.filter(isLink), foreign: [] }, reading);
      const rest = flat.read({ ...element, attributes: [], parts: element.parts.filter((part) => !isLink(part)) }, reading);
      return value === undefined || rest === undefined ? undefined : { ...rest, link: value };
    },
    write: ({ link: value, ...rest }, element, writing) => {
      link.write(value, element, writing);
      flat.write(rest, element, writing);
    },
  };
}
