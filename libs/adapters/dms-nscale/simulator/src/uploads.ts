// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { multipartParts } from '@amtsbote/adapter-kit/testing';

import { ContentItem, DocumentCreation } from '../../src/nscale.wire.js';
import { type Creation, Refusal, type Repository, type StoredItem } from './repository.js';

/** Metadata of a document above this is no metadata. */
const METADATA_BYTES_MAX = 1024 * 1024;

/** How content is taken. */
export interface Reception {
  /** The last byte is lost. */
  readonly short: boolean;
  /** Called for every piece of content that has arrived, in bytes. */
  readonly arrived: (bytes: number) => void;
}

/** Counts and hashes bytes as they pass; nothing is kept. */
export async function measure(bytes: AsyncIterable<Buffer>, { short, arrived }: Reception): Promise<{ length: number; sha512: string }> {
  const hash = createHash('sha512');
  let length = 0;
  let held: Buffer | undefined;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    length += chunk.length;
  };
  for await (const chunk of bytes) {
    arrived(chunk.length);
    if (held !== undefined) take(held);
    held = chunk;
  }
  if (held !== undefined) take(short ? held.subarray(0, -1) : held);
  return { length, sha512: hash.digest('hex') };
}

/**
 * Reads the multipart body of a document's creation: the part `document` first, then the content items it names.
 * @throws Refusal when it is refused; the bytes are not read then.
 */
export async function readCreation(
  repository: Repository,
  contentType: string,
  body: AsyncIterable<Buffer>,
  options: Reception & { readonly contentBytesMax: number },
): Promise<Creation> {
  let wanted: DocumentCreation | undefined;
  const items = new Map<string, StoredItem>();
  for await (const part of multipartParts(contentType, body)) {
    if (part.name === 'document') {
      wanted = DocumentCreation.parse(JSON.parse(await text(part.bytes)));
      repository.check(wanted);
      continue;
    }
    const item = wanted?.content.items.find((each) => each.part === part.name);
    if (item === undefined) throw new Refusal(400, 'UnexpectedPart');
    const measured = await measure(part.bytes, options);
    if (measured.length > options.contentBytesMax) throw new Refusal(413, 'ContentTooLarge');
    items.set(part.name, { ...ContentItem.parse(item), ...measured });
  }
  if (wanted === undefined) throw new Refusal(400, 'MissingDocument');
  const stored = wanted.content.items.map(({ part }) => items.get(part));
  if (stored.some((item) => item === undefined)) throw new Refusal(400, 'MissingContent');
  const complete = stored.filter((item) => item !== undefined);
  return { ...wanted, content: { contentType: wanted.content.contentType, items: complete } };
}

/** A small body as text. */
export async function text(bytes: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > METADATA_BYTES_MAX) throw new Refusal(413, 'ContentTooLarge');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
