// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { ReceivedSubmission } from '@amtsbote/adapter-kit';
import type { StoredBlob } from '@amtsbote/store';

import type { PlacedAttachment } from './compose.js';

/** What was sent, as one hash: body, data parts, names and hashes of files; tells a repeated submission from a changed one under the same id. */
export function fingerprintOf({ request, data, files }: ReceivedSubmission, placed: readonly PlacedAttachment[]): string {
  // The words that stand for its files are others every time.
  if (request.bodySha256 !== undefined) return request.bodySha256;
  const hash = createHash('sha256').update(request.body);
  for (const { name, value } of data) hash.update(`${name}\0${value.length}\0`).update(value);
  for (const { partName, fileName, sha512 } of files) hash.update(`${partName}\0${fileName}\0${sha512}\0`);
  for (const { draft, blob } of placed) hash.update(`${draft.name}\0${sizeOf(blob)}\0`);
  return hash.digest('hex');
}

function sizeOf(blob: StoredBlob | undefined): string {
  return blob === undefined ? 'link' : `${blob.size} ${blob.sha512}`;
}
