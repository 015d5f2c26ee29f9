// SPDX-License-Identifier: EUPL-1.2
import {
  compileIndexData,
  compileText,
  type DeliverableDocument,
  filedFor,
  type FilingPreview,
  type FilingRequest,
  filingWords,
  type IndexedDocument,
  type IndexedObject,
  type PreviewedObject,
} from '@amtsbote/adapter-kit';

import { stableId } from './xdomea.ids.mapping.js';
import type { XdomeaOptions } from './xdomea.options.js';
import { type Message, type MessageDocument, messageElement, type MessageObject, stemOf } from './xdomea.wire.js';
import { xmlOf } from './xdomea.xml.wire.js';

/** Everything one message is, computed before the first call; equal over all attempts. */
export interface MessagePlan {
  /** Name of the ZIP, and of the XML in it, without their endings. */
  readonly stem: string;
  readonly xml: string;
  /** Moment that everything in the ZIP is dated with. */
  readonly createdAt: Date;
  readonly files: readonly { readonly document: DeliverableDocument; readonly shown: MessageDocument }[];
  readonly akte: MessageObject;
  readonly vorgang: MessageObject;
}

/** What a document is called, for the Typ of a Dokument. */
const KINDS: Readonly<Record<DeliverableDocument['role'], string>> = {
  applicationReadable: 'Antrag',
  applicationData: 'Antragsdaten',
  representation: 'Antrag',
  attachment: 'Anlage',
  decision: 'Bescheid',
  export: 'Export',
};

/**
 * Compiles the operator's expressions once.
 * @returns the message of a filing for the key of an act. It throws ExpressionError when this application lacks what an expression reads.
 */
export function compileMapping(options: XdomeaOptions): (request: FilingRequest, actKey: string) => MessagePlan {
  const index = compileIndexData(options, compileText);
  const akteNumber = compileText(options.akte.number);
  const vorgangNumber = compileText(options.vorgang.number);
  return (request, actKey) => {
    const { application, decision, place } = request;
    const filing = index(request, actKey);
    const createdAt = new Date(decision?.decidedAt ?? application.receivedAt);
    const day = createdAt.toISOString().slice(0, 10);
    const dated = decision === undefined ? { received: day } : { sent: day };
    const files = filing.documents.map((indexed, at) => {
      const kind = place?.classes[indexed.document.role] ?? KINDS[indexed.document.role];
      return { document: indexed.document, shown: { ...documentOf(indexed, at + 1, kind, options.codes.fileFormats), ...dated } };
    });
    // Akte and Vorgang are of the application that others join.
    const subject = { application: filedFor(request), filing: filingWords(place) };
    // Equal keys of two municipalities are two Akten: the sender's institution need not tell them apart.
    const akteId = stableId('akte', `${application.tenant}:${filing.akte.key}`);
    const akte = { ...objectOf(akteId, filing.akte, akteNumber(subject)), plan: options.akte.plan };
    const vorgang = objectOf(stableId('vorgang', filing.vorgang.key), filing.vorgang, vorgangNumber(subject));
    const message: Message = {
      ...{ version: options.version, type: options.message, sender: options.sender, receiver: options.receiver },
      ...{ creator: options.creator, location: options.location, fileFormatsVersion: options.codes.fileFormatsVersion },
      processId: stableId('process', actKey),
      messageId: stableId('message', actKey),
      createdAt: createdAt.toISOString(),
      isTest: application.test,
      objectId: objectIdOf(request, actKey),
      ...{ akte, vorgang, documents: files.map(({ shown }) => shown) },
    };
    return { stem: stemOf(message), xml: xmlOf(messageElement(message)), createdAt, akte, vorgang, files };
  };
}

/** What takes the place of older documents is an object of its own: a DMS files every message 0605 as something new, whatever its ids. */
function objectIdOf({ application, decision, refreshes }: FilingRequest, actKey: string): string {
  if (decision !== undefined) return `${application.id}/${decision.id}`;
  return refreshes === undefined ? application.id : `${application.id}/${stableId('message', actKey)}`;
}

/** What the message says, as it would be found in the DMS. Pure. */
export function previewOfPlan({ akte, vorgang, files }: MessagePlan): FilingPreview {
  const shown = (kind: string, { id, title, fields }: Pick<MessageObject, 'id' | 'title' | 'fields'>): PreviewedObject => ({
    ...{ key: id, title, class: kind },
    properties: fields.map(({ name, value }) => ({ name, values: [value] })),
  });
  const documents = files.map(({ document, shown: each }) => ({ ...shown(each.kind, each), document: document.key }));
  return { cabinet: '', akte: shown('Akte', akte), vorgang: shown('Vorgang', vorgang), documents };
}

function objectOf(id: string, { title, values }: IndexedObject<string>, number: string): MessageObject {
  return { id, title, number, fields: values };
}

function documentOf(
  indexed: IndexedDocument<string>,
  number: number,
  kind: string,
  formats: Readonly<Record<string, string>>,
): MessageDocument {
  const { document, key, title, values } = indexed;
  return {
    id: stableId('document', key),
    ...{ title, fields: values, number, kind, mediaType: document.mediaType },
    formatCode: Object.hasOwn(formats, document.mediaType) ? formats[document.mediaType] : undefined,
    // An id of its own, as 4.0 wants it; the citizen's name stands beside it and not in the name of a file.
    fileName: `${stableId('file', key)}${endingOf(document.fileName)}`,
    originalName: document.originalName,
    sha512: document.sha512,
  };
}

function endingOf(fileName: string): string {
  return /\.[a-z0-9]{1,10}$/.exec(fileName.toLowerCase())?.[0] ?? '';
}
