// SPDX-License-Identifier: EUPL-1.2
import { PassThrough, type Readable } from 'node:stream';

import { type DeliverableDocument, openExactly } from '@amtsbote/adapter-kit';
import yazl from 'yazl';

import type { MessagePlan } from './xdomea.mapping.js';

/** A ZIP that exists only while it is streamed. */
export interface Package {
  readonly size: number;
  open(): Readable;
}

/**
 * The message and its files as a ZIP: stored, not deflated (what comes in is compressed already, and no version of a library may change the
 * bytes), dated with the message. The same plan gives the same bytes.
 */
export async function packageOf(plan: MessagePlan): Promise<Package> {
  return { size: await sizeOf(plan), open: () => streamOf(plan) };
}

type Give = (error: unknown, stream: Readable) => void;

function streamOf(plan: MessagePlan): Readable {
  const opened: Readable[] = [];
  const zip = filled(plan, (document, give) => {
    openExactly(document).then(
      (bytes) => {
        opened.push(bytes);
        // Ended early, it is nobody's any more.
        if (stream.destroyed) bytes.destroy();
        give(null, bytes);
      },
      (error: unknown) => give(error, new PassThrough()),
    );
  });
  const stream = new PassThrough();
  zip.on('error', (error: Error) => stream.destroy(error));
  zip.outputStream.on('error', (error: Error) => stream.destroy(error)).pipe(stream);
  // Who reads no further lets go of what is open behind it.
  stream.once('close', () => {
    for (const one of opened) one.destroy();
  });
  zip.end();
  return stream;
}

/** Known before a byte is read: nothing is compressed. No document is opened for it. */
function sizeOf(plan: MessagePlan): Promise<number> {
  return new Promise((resolve) => {
    const told = (...sizes: unknown[]): void => resolve(Number(sizes[0]));
    filled(plan, () => undefined).end({ forceZip64Format: false, comment: '' }, told);
  });
}

/** @param open is asked for the bytes of each document when its turn has come. */
function filled({ stem, xml, files, createdAt }: MessagePlan, open: (document: DeliverableDocument, give: Give) => void): yazl.ZipFile {
  const zip = new yazl.ZipFile();
  const options = { mtime: asLocal(createdAt), mode: 0o100644, compress: false, forceDosTimestamp: true };
  zip.addBuffer(Buffer.from(xml), `${stem}.xml`, options);
  for (const { document, shown } of files)
    zip.addReadStreamLazy(shown.fileName, { ...options, size: document.size }, (give) => open(document, give));
  return zip;
}

/** Times in a ZIP have no zone, and the library writes local ones: this gives those of UTC on every machine. */
function asLocal(moment: Date): Date {
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate()];
  return new Date(year, month, day, moment.getUTCHours(), moment.getUTCMinutes(), moment.getUTCSeconds());
}
