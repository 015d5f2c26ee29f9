// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { Busboy } from '@fastify/busboy';
import { describe, expect, it } from '@jest/globals';

import { multipartBody, type OutgoingPart } from './multipart.js';

const BOUNDARY = 'boundary-7';

async function sent(parts: readonly OutgoingPart[]): Promise<{ headers: Record<string, string>; bytes: Buffer }> {
  const { headers, body } = multipartBody(BOUNDARY, parts);
  return { headers, bytes: Buffer.concat((await body.toArray()) as Buffer[]) };
}

/** What a parser of the common kind makes of it. */
async function parsed(parts: readonly OutgoingPart[]) {
  const { headers, bytes } = await sent(parts);
  const busboy = new Busboy({ headers: { 'content-type': headers['content-type'] ?? '' }, isPartAFile: () => true, preservePath: true });
  const found: { name: string; fileName: string; text: string; mediaType: string }[] = [];
  const open: Promise<unknown>[] = [];
  busboy.on('file', (name, stream, fileName, _encoding, mediaType) => {
    open.push(
      stream.toArray().then((chunks) => found.push({ name, fileName, mediaType, text: Buffer.concat(chunks as Buffer[]).toString() })),
    );
  });
  const finished = new Promise((resolve, reject) => busboy.on('finish', resolve).on('error', reject));
  Readable.from([bytes]).pipe(busboy);
  await finished;
  await Promise.all(open);
  return found;
}

const file = (fileName: string, content = 'content'): OutgoingPart => ({
  name: 'file',
  fileName,
  mediaType: 'application/pdf',
  size: Buffer.byteLength(content),
  open: async () => Readable.from([Buffer.from(content)]),
});

describe('multipartBody', () => {
  it.each(['Übersicht.pdf', 'Straße & Söhne; Œuvre.pdf', '日本.pdf', '😀.pdf', "it's (2) 100%.pdf"])(
    'lets common parsers read the name %s whole',
    async (fileName) => {
      await expect(parsed([file(fileName)])).resolves.toMatchObject([{ fileName }]);
    },
  );

  it('says nothing about names with filename*, which RFC 7578 forbids', async () => {
    const { bytes } = await sent([file('Übersicht.pdf')]);
    expect(bytes.toString()).not.toContain('filename*');
  });

  it('lets no name end its header or begin another one', async () => {
    const { bytes } = await sent([{ name: 'a"b', value: '1' }, file('x"; name="y\r\nSet-Cookie: z.pdf')]);
    const head = bytes.toString();
    expect(head).toContain('name="a%22b"');
    expect(head).toContain('filename="x%22; name=%22y%0D%0ASet-Cookie: z.pdf"');
    expect(head.match(/^Set-Cookie/m)).toBeNull();
  });

  it('announces exactly the bytes it sends, umlauts and lone surrogates in names included', async () => {
    const { headers, bytes } = await sent([{ name: 'Größe', value: 'ä' }, file('Ü\uD800.pdf', 'inhält'), file('leer.pdf', '')]);
    expect(Number(headers['content-length'])).toBe(bytes.length);
  });

  it('keeps parts in order, with their media types', async () => {
    const parts = await parsed([{ name: 'meta', value: '{}', mediaType: 'application/json', fileName: 'm.json' }, file('a.pdf', 'A')]);
    expect(parts).toEqual([
      { name: 'meta', fileName: 'm.json', mediaType: 'application/json', text: '{}' },
      { name: 'file', fileName: 'a.pdf', mediaType: 'application/pdf', text: 'A' },
    ]);
  });

  it('opens a file only when it is its turn', async () => {
    const opened: string[] = [];
    const lazy = (name: string): OutgoingPart => ({
      name,
      fileName: name,
      mediaType: 'text/plain',
      size: 70_000,
      open: async () => {
        opened.push(name);
        return Readable.from([Buffer.alloc(70_000)]);
      },
    });
    const { body } = multipartBody(BOUNDARY, [lazy('a'), lazy('b')]);
    expect(opened).toEqual([]);
    let seen = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      seen += chunk.length;
      if (seen < 70_000) expect(opened).not.toContain('b');
    }
    expect(opened).toEqual(['a', 'b']);
  });
});
