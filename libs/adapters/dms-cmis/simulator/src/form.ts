// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { multipartParts } from '@amtsbote/adapter-kit/testing';

import { Refusal } from './types.js';

/** Content as it was received: described, counted, hashed; its bytes are kept only while they are few. */
export interface ReceivedContent {
  readonly fileName: string | undefined;
  readonly mediaType: string;
  readonly length: number;
  readonly sha512: string;
  /** Undefined when there were more than {@link KEPT_BYTES_MAX}. */
  readonly bytes: Buffer | undefined;
}
/** A form as a server sees it: texts by the name of their control, and content. */
export interface ReceivedForm {
  readonly controls: ReadonlyMap<string, string>;
  readonly content: ReceivedContent | undefined;
}
/** How content is taken. */
export interface Reception {
  /** The last byte is lost. */
  readonly short: boolean;
  /** The content is lost altogether. */
  readonly dropped: boolean;
  readonly bytesMax: number;
  /** Called for every piece of content that has arrived, in bytes. */
  readonly arrived: (bytes: number) => void;
}

/** Content above this is counted and hashed only, in bytes. */
export const KEPT_BYTES_MAX = 1024 * 1024;
const FORM_BYTES_MAX = 1024 * 1024;

/** Reads a form of either kind; control values are decoded when all is read, because `_charset_` may come last. */
export async function readForm(contentType: string, body: AsyncIterable<Buffer>, reception: Reception): Promise<ReceivedForm> {
  if (!contentType.startsWith('multipart/form-data'))
    return { controls: urlencoded(contentType, await collected(body)), content: undefined };
  const raw: { name: string; bytes: Buffer; charset: string | undefined }[] = [];
  let content: ReceivedContent | undefined;
  for await (const part of multipartParts(contentType, body)) {
    const type = part.headers['content-type'];
    if (part.fileName === undefined) {
      raw.push({ name: part.name, bytes: await collected(part.bytes), charset: charsetIn(type) });
      continue;
    }
    const measured = await measure(part.bytes, reception);
    content = { fileName: seenName(part), mediaType: type ?? 'application/octet-stream', ...measured };
  }
  const charset = raw.find(({ name }) => name === '_charset_')?.bytes.toString('latin1');
  const controls = new Map(raw.map((control) => [control.name, decoded(control.bytes, control.charset ?? charset)]));
  if (content === undefined || reception.dropped) return { controls, content: undefined };
  // The control wins over the header of the part, where a name is mangled.
  return { controls, content: { ...content, fileName: controls.get('filename') ?? content.fileName } };
}

/** The header of a part is read as ISO-8859-1, whatever `_charset_` says; only `filename*` is right. */
function seenName({ headers, fileName }: { headers: Readonly<Record<string, string>>; fileName: string | undefined }): string | undefined {
  if (/filename\*=/i.test(headers['content-disposition'] ?? '')) return fileName;
  return fileName === undefined ? undefined : Buffer.from(fileName).toString('latin1');
}

function urlencoded(contentType: string, body: Buffer): Map<string, string> {
  const raw = body
    .toString('latin1')
    .split('&')
    .filter(Boolean)
    .map((pair) => pair.split('=', 2).map(percentDecoded));
  const charset = raw.find(([name]) => name?.toString() === '_charset_')?.[1]?.toString('latin1') ?? charsetIn(contentType);
  return new Map(raw.map(([name, value]) => [(name ?? '').toString(), decoded(value ?? Buffer.alloc(0), charset)]));
}

function percentDecoded(text: string | undefined): Buffer {
  const plain = (text ?? '')
    .replaceAll('+', ' ')
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}

function charsetIn(contentType: string | undefined): string | undefined {
  return /charset="?([\w-]+)/i.exec(contentType ?? '')?.[1];
}

function decoded(bytes: Buffer, charset: string | undefined): string {
  return bytes.toString(/^utf-?8$/i.test(charset ?? '') ? 'utf8' : 'latin1');
}

/** Counts and hashes bytes as they pass. */
async function measure(
  bytes: AsyncIterable<Buffer>,
  { short, arrived, bytesMax }: Reception,
): Promise<Omit<ReceivedContent, 'fileName' | 'mediaType'>> {
  const hash = createHash('sha512');
  const kept: Buffer[] = [];
  let length = 0;
  let held: Buffer | undefined;
  const take = (chunk: Buffer): void => {
    hash.update(chunk);
    length += chunk.length;
    if (length > KEPT_BYTES_MAX) kept.length = 0;
    else kept.push(chunk);
  };
  for await (const chunk of bytes) {
    arrived(chunk.length);
    if (held !== undefined) take(held);
    held = chunk;
    if (length > bytesMax) throw new Refusal(500, 'storage', 'quota exceeded');
  }
  if (held !== undefined) take(short ? held.subarray(0, -1) : held);
  if (length > bytesMax) throw new Refusal(500, 'storage', 'quota exceeded');
  return { length, sha512: hash.digest('hex'), bytes: length > KEPT_BYTES_MAX ? undefined : Buffer.concat(kept) };
}

async function collected(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > FORM_BYTES_MAX) throw new Refusal(400, 'invalidArgument', 'form too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
