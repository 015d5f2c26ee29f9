// SPDX-License-Identifier: EUPL-1.2
import { type DeliverableDocument, filedFor, type FilingRequest, type PreviewedObject, type WaitingAnswer } from '@amtsbote/adapter-kit';

import type { ObjectDraft, StoredAnswer } from './memory.wire.js';

/** An object without its place: the place is known once the object above is stored. */
export type Draft = Omit<ObjectDraft, 'parentId'>;

/** The Akte: found again by the text that the operator's expression gives. */
export function akteOf(title: string, key = title): Draft {
  return { kind: 'akte', key: `akte/${key}`, title, properties: {} };
}

/** The Vorgang: one per application, so that its decision finds it. */
export function vorgangOf({ place, ...request }: FilingRequest): Draft {
  const application = filedFor(request);
  return {
    kind: 'vorgang',
    key: `vorgang/${application.id}`,
    title: place?.vorgang.title ?? `${application.publicService.name} ${application.reference}`,
    properties: { reference: application.reference, receivedAt: application.receivedAt, test: String(application.test) },
  };
}

export function previewed({ kind, key, title, properties }: Draft): PreviewedObject {
  return { key, title, class: kind, properties: Object.entries(properties).map(([name, value]) => ({ name, values: [value] })) };
}

/** A document: its key carries the key of the act, so that the same document of another act is another one. */
export function documentOf(document: DeliverableDocument, actKey: string): Draft {
  const { key, fileName, originalName, mediaType, role } = document;
  return { kind: 'document', key: `document/${actKey}/${key}`, title: fileName, properties: { originalName, mediaType, role } };
}

/** An answer as the house is told of it. */
export function waitingOf({ id, vorgangId, fileName, mediaType, mark, change, placedAt, bytes, sha512 }: StoredAnswer): WaitingAnswer {
  return {
    vorgangId,
    documentId: id,
    version: String(change),
    fileName,
    mediaType,
    size: bytes.length,
    sha512,
    ...(mark === undefined ? {} : { mark }),
    placedAt,
    handle: null,
  };
}
