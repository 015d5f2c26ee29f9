// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

/** Changes on one page. */
const PAGE_LENGTH = 500;
/** Largest document that is read: it is held in memory as a whole. */
const DOCUMENT_BYTES_MAX = 32 * 1024 * 1024;

/** Pages of a list from a position on, each with the position after it; one empty page when nothing is left. */
export function* pagesOf<Entry>(list: readonly Entry[], from: number): Generator<{ page: readonly Entry[]; next: number }> {
  let start = from;
  do {
    const next = Math.min(start + PAGE_LENGTH, list.length);
    yield { page: list.slice(start, next), next };
    start = next;
  } while (start < list.length);
}

/** A whole document, or `undefined` when it is too large. */
export async function bytesOf(stream: Readable): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > DOCUMENT_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
