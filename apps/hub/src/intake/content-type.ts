// SPDX-License-Identifier: EUPL-1.2
import type { BlobStore } from '@amtsbote/store';
import { fileTypeFromBuffer } from 'file-type';

/** So much of a file says what it is (file-type asks for as much). */
export const HEAD_BYTES = 4_100;
const UNKNOWN = 'application/octet-stream';

/** Families whose beginning says no more than what they are packed in: the sender's word for what is in it counts. */
const PACKED_IN: Readonly<Record<string, RegExp>> = {
  'application/zip':
    /^application\/(?:vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-(?:excel|word|powerpoint))\.?|epub\+zip|java-archive|vnd\.etsi\.asic)/,
  'application/x-cfb': /^application\/(?:msword|vnd\.ms-|vnd\.visio|x-msi)/,
  'application/xml': /(?:^text\/xml$|\+xml$)/,
  'application/gzip': /^application\/(?:x-gzip|x-gtar|x-tgz|x-compressed-tar)$/,
};
/** Types that always show themselves: what claims to be one and does not begin so is something else. */
const SHOW_THEMSELVES =
  /^(?:application\/(?:pdf|zip|gzip|x-7z-compressed|x-rar-compressed|vnd\.rar|msword|vnd\.(?:ms-excel|ms-powerpoint|openxmlformats-officedocument|oasis\.opendocument)\S*)|image\/(?!svg)\S+|audio\/\S+|video\/\S+)$/;

/**
 * What a file is, by its content: names and what senders say are hints at best. Of a content that does not say what it is (texts, data) the sender's
 * word is taken, unless it is a type that would show.
 */
export async function contentType(head: Uint8Array, sent: string): Promise<string> {
  const said = (sent.split(';', 1)[0] ?? '').trim().toLowerCase();
  const found = head.length === 0 ? undefined : (await fileTypeFromBuffer(head).catch(() => undefined))?.mime;
  if (found === undefined) return said === '' || (SHOW_THEMSELVES.test(said) && head.length > 0) ? UNKNOWN : said;
  return PACKED_IN[found]?.test(said) === true ? said : found;
}

/** The same of a blob. */
export async function contentTypeOf(blobs: BlobStore, { id, size }: { id: string; size: number }, sent: string): Promise<string> {
  if (size === 0) return contentType(new Uint8Array(), sent);
  const chunks: Buffer[] = [];
  for await (const chunk of await blobs.open(id, { start: 0, end: Math.min(size, HEAD_BYTES) - 1 })) chunks.push(chunk as Buffer);
  return contentType(Buffer.concat(chunks), sent);
}
