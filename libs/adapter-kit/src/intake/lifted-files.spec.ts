// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import type { JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type JsonPath, liftFiles } from './lifted-files.js';

async function* inPieces(text: string, length: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

async function lifted(text: string, pieces = 7, isFile = isPdf): Promise<{ rest: JsonValue; files: Record<string, string> }> {
  const files: Record<string, string> = {};
  const rest = await liftFiles(inPieces(text, pieces), {
    isFile,
    bytesMax: 100_000,
    take: async (path, bytes) => {
      files[path.join('/')] = (await buffer(bytes)).toString('latin1');
    },
  });
  return { rest: JSON.parse(rest.toString()) as JsonValue, files };
}
const isPdf = (path: JsonPath): boolean => path.at(-1) === 'pdf';
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

describe('files that stand in JSON as base64', () => {
  it('are taken out wherever they stand, and everything else stays', async () => {
    const text = JSON.stringify({
      a: 'pdf',
      list: [{ pdf: base64('eins') }, { x: 1, pdf: base64('') }],
      'k"ey\\': { pdf: null },
      pdf: base64('zwei'),
    });
    expect(await lifted(text)).toEqual({
      rest: { a: 'pdf', list: [{ pdf: null }, { x: 1, pdf: null }], 'k"ey\\': { pdf: null }, pdf: null },
      files: { 'list/0/pdf': 'eins', 'list/1/pdf': '', pdf: 'zwei' },
    });
  });

  it('may have line breaks and escaped slashes, wherever the text is cut', async () => {
    const bytes = Buffer.from(Array.from({ length: 200 }, (_, index) => (index * 7) % 256));
    const text = bytes.toString('base64').replace(/\//g, '\\/').replace(/(.{76})/g, '$1\\r\\n'); // prettier-ignore
    for (let pieces = 1; pieces < 12; pieces += 1)
      expect((await lifted(`{"pdf":"${text}"}`, pieces)).files['pdf']).toBe(bytes.toString('latin1'));
  });

  it.each([
    ['a letter too few', '{"pdf":"QUJ"}'],
    ['something behind the padding', '{"pdf":"QQ==QQ=="}'],
    ['a letter of another alphabet', '{"pdf":"QU-_"}'],
  ])('are refused when they are not base64: %s', async (_what, text) => {
    await expect(lifted(text, 100)).rejects.toMatchObject({ kind: 'untranslatable', code: 'base64-invalid', place: '/pdf' });
  });

  it('are refused when the text ends within one', async () => {
    await expect(lifted('{"pdf":"QUJD')).rejects.toMatchObject({ kind: 'malformed', code: 'not-json' });
  });

  it('do not count for the limit of the rest, which does', async () => {
    const isFile = isPdf;
    const take = async (_path: JsonPath, bytes: Readable): Promise<void> => {
      await buffer(bytes);
    };
    const text = `{"pdf":"${base64('x'.repeat(30_000))}","a":"${'y'.repeat(500)}"}`;
    expect((await liftFiles(inPieces(text, 1_000), { isFile, take, bytesMax: 600 })).length).toBeLessThan(600);
    await expect(liftFiles(inPieces(text, 1_000), { isFile, take, bytesMax: 400 })).rejects.toMatchObject({ kind: 'tooLarge' });
  });

  it('end the reading when nobody can keep them', async () => {
    const failure = new Error('no place');
    let read = 0;
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from('{"pdf":"');
      for (; read < 1_000; read += 1) yield Buffer.from('QUJD');
    }
    const take = (): Promise<void> => Promise.reject(failure);
    await expect(liftFiles(source(), { isFile: isPdf, take, bytesMax: 100 })).rejects.toBe(failure);
    expect(read).toBeLessThan(1_000);
  });

  it('survive brackets without end', async () => {
    await expect(lifted('['.repeat(100_000), 1_000)).rejects.toMatchObject({ code: 'too-deep' });
  });

  it('leave any JSON without them as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.integer({ min: 1, max: 20 }), async (text, pieces) => {
        const rest = await liftFiles(inPieces(text, pieces), {
          isFile: () => false,
          take: () => Promise.reject(new Error('none')),
          bytesMax: 1e6,
        });
        expect(rest.toString()).toBe(text);
      }),
    );
  });
});
