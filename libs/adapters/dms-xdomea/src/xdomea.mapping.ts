// SPDX-License-Identifier: EUPL-1.2
import {
  compileIndexData,
  compileText,
  type DeliverableDocument,
  type FilingRequest,
  type IndexedDocument,
  type IndexedObject,
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
  readonly files: readonly { readonly document: DeliverableDocument; readonly id: string; readonly fileName: string }[];
  readonly akte: Pick<MessageObject, 'id' | 'title'>;
  readonly vorgang: Pick<MessageObject, 'id' | 'title'>;
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
    const { application, decision } = request;
    const filing = index(request, actKey);
    const createdAt = new Date(decision?.decidedAt ?? application.receivedAt);
    const day = createdAt.toISOString().slice(0, 10);
    const documents = filing.documents.map((document, at) => ({
      ...documentOf(document, at + 1, options.codes.fileFormats),
      ...(decision === undefined ? { received: day } : { sent: day }),
    }));
    const subject = { application };
    // Equal keys of two municipalities are two Akten: the sender's institution need not tell them apart.
    const akteId = stableId('akte', `${application.tenant}:${filing.akte.key}`);
    const akte = { ...objectOf(akteId, filing.akte, akteNumber(subject)), plan: options.akte.plan };
    const vorgang = objectOf(stableId('vorgang', application.id), filing.vorgang, vorgangNumber(subject));
    const message: Message = {
      ...{ version: options.version, type: options.message, sender: options.sender, receiver: options.receiver },
      ...{ creator: options.creator, location: options.location, fileFormatsVersion: options.codes.fileFormatsVersion },
      processId: stableId('process', actKey),
      messageId: stableId('message', actKey),
      createdAt: createdAt.toISOString(),
      isTest: application.test,
      objectId: decision === undefined ? application.id : `${application.id}/${decision.id}`,
      ...{ akte, vorgang, documents },
    };
    return {
      ...{ stem: stemOf(message), xml: xmlOf(messageElement(message)), createdAt, akte, vorgang },
      files: filing.documents.map(({ document }, at) => ({
        document,
        id: documents[at]?.id ?? '',
        fileName: documents[at]?.fileName ?? '',
      })),
    };
  };
}

function objectOf(id: string, { title, values }: IndexedObject<string>, number: string): MessageObject {
  return { id, title, number, fields: values };
}

function documentOf(indexed: IndexedDocument<string>, number: number, formats: Readonly<Record<string, string>>): MessageDocument {
  const { document, key, title, values } = indexed;
  return {
    id: stableId('document', key),
    ...{ title, fields: values, number, kind: KINDS[document.role], mediaType: document.mediaType },
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
