// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

import type { DeliverableDocument, DocumentRole } from '@amtsbote/adapter-kit';
import { type Attachment, distinctNames, safeFileName } from '@amtsbote/canonical';

import { type DocumentSubject, renderApplicationJson } from './application-json.js';
import { renderDecisionPdf } from './decision-pdf.js';
import { renderReadablePdf } from './readable-pdf.js';

/** Keys of what we make ourselves; all others are ids of attachments. */
const MADE_KEYS = ['readable', 'data', 'decision-readable', 'decision-data'] as const;

/** Whether the bytes of a document live with it, because we made it. */
export function isMade({ key }: Pick<DeliverableDocument, 'key'>): boolean {
  return MADE_KEYS.some((made) => made === key);
}

/** Where the bytes of attachments are. */
export interface BlobSource {
  /** A fresh stream of the content stored under this attachment id. */
  open(id: string): Promise<Readable>;
}

/** What the documents of one act are made of; with `decision` it is the act that files the decision. */
export interface FilingSubject extends DocumentSubject {
  readonly blobs: BlobSource;
  readonly tenantName?: string;
}

/**
 * All documents of one filing or export, in order: the readable PDF (unless the sender brought its own), the data file, the attachments under
 * their own names. For a decision: the decision's PDF (unless it came as a document), its data file, its documents.
 *
 * What we make ourselves is rendered once, here, because size and hash belong to the description; the bytes live as long as the returned
 * list. Attachments are opened only when they are read. Names are safe and distinct, keys stable: `readable`, `data` (for a decision
 * `decision-readable`, `decision-data`) and the attachment's id.
 * @throws Error when an attachment was linked and never collected: leaving it out would lose it.
 */
export async function filingDocuments(subject: FilingSubject): Promise<DeliverableDocument[]> {
  const made = subject.decision === undefined ? await applicationDocuments(subject) : await decisionDocuments(subject, subject.decision);
  const attachments = subject.decision?.documents ?? subject.application.attachments;
  const documents = [...made, ...attachments.map((attachment) => storedDocument(attachment, subject.blobs))];
  const names = distinctNames(documents.map(({ fileName }) => safeFileName(fileName)));
  return documents.map((document, index) => ({ ...document, fileName: names[index] ?? document.fileName }));
}

async function applicationDocuments({ application, payment, tenantName }: FilingSubject): Promise<DeliverableDocument[]> {
  const stem = `Antrag_${application.reference}`;
  const subject = { application, ...(payment === undefined ? {} : { payment }) };
  const data = madeDocument('data', 'applicationData', `${stem}.json`, 'application/json', renderApplicationJson(subject));
  if (application.attachments.some(({ purpose }) => purpose === 'representation')) return [data];
  const pdf = await renderReadablePdf({ ...subject, ...(tenantName === undefined ? {} : { tenantName }) });
  return [madeDocument('readable', 'applicationReadable', `${stem}.pdf`, 'application/pdf', pdf), data];
}

async function decisionDocuments(
  { application, payment, tenantName }: FilingSubject,
  decision: NonNullable<FilingSubject['decision']>,
): Promise<DeliverableDocument[]> {
  const stem = `Bescheid_${application.reference}`;
  const json = renderApplicationJson({ application, decision, ...(payment === undefined ? {} : { payment }) });
  const data = madeDocument('decision-data', 'applicationData', `${stem}.json`, 'application/json', json);
  if (decision.documents.length > 0) return [data];
  const pdf = await renderDecisionPdf({ application, decision, ...(tenantName === undefined ? {} : { tenantName }) });
  return [madeDocument('decision-readable', 'decision', `${stem}.pdf`, 'application/pdf', pdf), data];
}

function madeDocument(
  key: (typeof MADE_KEYS)[number],
  role: DocumentRole,
  fileName: string,
  mediaType: string,
  bytes: Buffer,
): DeliverableDocument {
  return {
    key,
    role,
    fileName,
    originalName: fileName,
    mediaType,
    size: bytes.length,
    sha512: createHash('sha512').update(bytes).digest('hex'),
    open: async () => Readable.from([bytes], { objectMode: false }),
  };
}

function storedDocument(attachment: Attachment, blobs: BlobSource): DeliverableDocument {
  if (attachment.state === 'linked') throw new Error(`attachment ${attachment.id} is only linked: it has to be collected first`);
  const { id, purpose, name, originalName, mediaType, size, sha512 } = attachment;
  return { key: id, role: purpose, fileName: name, originalName, mediaType, size, sha512, open: () => blobs.open(id) };
}
