// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { RawRequest, ReceivedFile } from '../../src/index.js';

/** A moment for tests; every sample request arrives at it unless told otherwise. */
export const RECEIVED_AT = new Date('2026-01-31T10:00:00.000Z');

/** A POST as the intake hands it to an adapter; header names in lower case. */
export function aRawRequest(overrides: Partial<RawRequest> = {}): RawRequest {
  return { method: 'POST', headers: {}, query: {}, body: new Uint8Array(), receivedAt: RECEIVED_AT, ...overrides };
}

/** A file part as the intake hands it over after storing it. */
export function aReceivedFile(
  fileName: string,
  content: string | Uint8Array = `content of ${fileName}`,
  more: Partial<ReceivedFile> = {},
): ReceivedFile {
  const bytes = Buffer.from(content as string);
  const partName = more.partName ?? 'attachment';
  const digest = createHash('sha256').update(`${partName}/${fileName}`).digest('hex');
  return {
    id: `0192f0a0-0000-7000-8000-${digest.slice(0, 12)}`,
    partName,
    fileName,
    mediaType: 'application/pdf',
    size: bytes.length,
    sha512: createHash('sha512').update(bytes).digest('hex'),
    ...more,
  };
}

/** File names that real uploads have and careless code loses: an adapter hands every one of them on untouched. */
export const ODD_FILE_NAMES: readonly string[] = [
  'Straße Übergrößenträger.pdf',
  'Straße Übergrößenträger.pdf'.normalize('NFD'),
  'Grundriss Erdgeschoss Testzeichen; & .pdf',
  '../../etc/passwd',
  'C:\\Users\\erika\\Lageplan.pdf',
  'Zeile\r\nZwei\u0000\u202efdp.exe',
  'weich\u00adtrennung.pdf',
  '"quoted" \'name\' %22.pdf',
  '😀.pdf',
  '.',
  `${'ä'.repeat(200)}.pdf`,
];
