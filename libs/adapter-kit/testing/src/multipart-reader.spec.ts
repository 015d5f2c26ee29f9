// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { multipartBody } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { multipartParts } from './multipart-reader.js';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function readAll(contentType: string, body: AsyncIterable<Buffer>) {
  const parts = [];
  for await (const part of multipartParts(contentType, body)) {
    const chunks: Buffer[] = [];
    for await (const chunk of part.bytes) chunks.push(chunk);
    parts.push({ name: part.name, fileName: part.fileName, text: Buffer.concat(chunks).toString() });
  }
  return parts;
}

const content = 'line one\r\n--bound\r\n\r\n-- not the end\r\n';
const { headers, body } = multipartBody('boundary-7', [
  { name: 'meta', value: '{"a":"ä"}', mediaType: 'application/json' },
  {
    name: 'item',
    fileName: 'Übersicht; a&b.pdf',
    mediaType: 'application/pdf',
    size: content.length,
    open: async () => Readable.from([Buffer.from(content)]),
  },
  { name: 'empty', fileName: 'leer.txt', mediaType: 'text/plain', size: 0, open: async () => Readable.from([]) },
]);
const whole = Buffer.concat((await body.toArray()) as Buffer[]);

describe('multipartParts', () => {
  it.each([1, 2, 7, 64, 100_000])('gives back what was sent, read in pieces of %i bytes', async (size) => {
    await expect(readAll(headers['content-type'] ?? '', inPieces(whole, size))).resolves.toEqual([
      { name: 'meta', fileName: undefined, text: '{"a":"ä"}' },
      { name: 'item', fileName: 'Übersicht; a&b.pdf', text: content },
      { name: 'empty', fileName: 'leer.txt', text: '' },
    ]);
  });

  it('announces the length it really has', () => {
    expect(Number(headers['content-length'])).toBe(whole.length);
  });

  it('refuses a body that ends early', async () => {
    await expect(readAll(headers['content-type'] ?? '', inPieces(whole.subarray(0, whole.length - 30), 50))).rejects.toThrow('ended early');
  });
});
