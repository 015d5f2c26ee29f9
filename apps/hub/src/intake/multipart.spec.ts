// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { parseParameters } from './header-parameters.js';
import { partsOf } from './multipart.js';

const BOUNDARY = 'grenze';

/** A body in pieces of these lengths, over and over. */
async function* pieces(body: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer, void> {
  for (let start = 0, turn = 0; start < body.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? 1;
    yield body.subarray(start, start + length);
    start += length;
  }
}

async function readAll(
  body: Buffer,
  lengths: readonly number[] = [body.length],
  contentType = `multipart/form-data; boundary=${BOUNDARY}`,
) {
  const parts: { name: string; fileName: string | undefined; content: Buffer }[] = [];
  for await (const { name, fileName, bytes, taken } of partsOf(contentType, pieces(body, lengths))) {
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    await taken;
    parts.push({ name, fileName, content: Buffer.concat(chunks) });
  }
  return parts;
}

async function rejectionOf(body: string, contentType?: string): Promise<IntakeRejection> {
  try {
    await readAll(Buffer.from(body, 'latin1'), [7], contentType);
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was read');
}

/** Contents made of what could be taken for a boundary. */
const nasty = fc
  .array(fc.constantFrom('\r\n', '\r', '\n', '--', '-', '--grenz', '\r\n--grenz', '\r\n-', 'grenze', 'x', '\u0000', '\r\n--gr\r\n--grenz'))
  .map((bits) => bits.join(''));
const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const contents = fc
  .array(fc.oneof(nasty, anyBytes), { maxLength: 5 })
  .filter((all) => !all.some((content) => `\r\n${content}`.includes(`\r\n--${BOUNDARY}`)));

describe('multipart/form-data', () => {
  it('is read whatever it holds and however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        contents,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', 'preamble\r\n', '\r\n'),
        fc.constantFrom('', '\r\n', '\r\nepilogue', '  \r\n--grenze\r\n'),
        async (all, lengths, preamble, epilogue) => {
          const parts = all.map(
            (content, index) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="p${index}"\r\n\r\n${content}\r\n`,
          );
          const body = Buffer.from(`${preamble}${parts.join('')}--${BOUNDARY}--${epilogue}`, 'latin1');
          const read = await readAll(body, lengths);
          expect(read.map(({ content }) => content.toString('latin1'))).toEqual(all);
          expect(read.map(({ name }) => name)).toEqual(all.map((_, index) => `p${index}`));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is refused wherever it ends early', async () => {
    const body = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\nInhalt\r\n--${BOUNDARY}--`;
    for (let length = 0; length < body.length; length += 1)
      expect(await rejectionOf(body.slice(0, length))).toMatchObject({ kind: 'malformed', code: 'not-multipart' });
    expect(await readAll(Buffer.from(body))).toHaveLength(1);
  });

  it.each([
    ['a header line that is none', 'Content-Disposition: form-data; name="a"\r\nkaputt', 'not-multipart'],
    ['a header twice', 'Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"', 'not-multipart'],
    ['a bare line feed in a header', 'Content-Disposition: form-data;\nname="a"', 'not-multipart'],
    ['a quote that does not end', 'Content-Disposition: form-data; name="a; filename="x"', 'part-without-name'],
    ['an empty name', 'Content-Disposition: form-data; name=""', 'part-without-name'],
    ['no head at all', '', 'part-without-name'],
  ])('with %s is refused', async (_what, head, code) => {
    const body = `--${BOUNDARY}\r\n${head === '' ? '' : `${head}\r\n`}\r\nx\r\n--${BOUNDARY}--`;
    expect(await rejectionOf(body)).toMatchObject({ kind: 'malformed', code });
  });

  it.each(['multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary="a', `multipart/form-data; boundary=${'x'.repeat(201)}`])(
    'with the Content-Type %s is refused',
    async (contentType) => {
      expect(await rejectionOf('--x--', contentType)).toMatchObject({ code: 'not-multipart', place: 'Content-Type' });
    },
  ); // prettier-ignore

  it('takes folded headers, padding after boundaries and a quoted boundary', async () => {
    const body = '--a b  \t\r\nContent-Disposition: form-data;\r\n  name="a";\r\n\tfilename="x y.pdf"\r\n\r\n1\r\n--a b--';
    const read = await readAll(Buffer.from(body), [3], 'multipart/form-data; charset=utf-8; boundary="a b"');
    expect(read).toEqual([{ name: 'a', fileName: 'x y.pdf', content: Buffer.from('1') }]);
  });

  it('fails with the error of its source', async () => {
    const source = async function* (): AsyncGenerator<Buffer, void> {
      yield Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalb`);
      throw new Error('the line is dead');
    };
    const reading = async (): Promise<void> => {
      for await (const { bytes } of partsOf(`multipart/form-data; boundary=${BOUNDARY}`, source())) for await (const _ of bytes);
    };
    await expect(reading()).rejects.toThrow('the line is dead');
  });
});

describe('header parameters', () => {
  it.each([
    ['a; b=c; D="e;f"; g=h i ;', { b: 'c', d: 'e;f', g: 'h i' }],
    ['a;b="C:\\x\\y"', { b: 'C:\\x\\y' }],
    ['a;b="\\\\\\"";b=2', { b: '\\"' }],
    ['a', {}],
  ])('of %s', (header, parameters) => {
    expect(Object.fromEntries(parseParameters(header)?.parameters ?? [])).toEqual(parameters);
  });

  it.each(['a;b', 'a;b="c', 'a;b="c"d', 'a;=b', 'a;b=c"d'])('of %s are none', (header) => {
    expect(parseParameters(header)).toBeUndefined();
  });

  // Each took minutes if a piece of it could be matched in two ways; then this test would never end.
  it.each([
    ['backslashes', `a;b="${'\\\\'.repeat(50_000)}`],
    ['blanks', `a;b=${' '.repeat(100_000)}"`],
    ['blanks in a value', `a;b=c${' '.repeat(100_000)}"`],
    ['semicolons', `a${';'.repeat(100_000)}`],
    ['blanks before a name', `a;${' '.repeat(100_000)}=`],
  ])('of a hostile header (%s) are found missing at once', (_what, header) => {
    expect(parseParameters(header)).toBeUndefined();
  });
});
