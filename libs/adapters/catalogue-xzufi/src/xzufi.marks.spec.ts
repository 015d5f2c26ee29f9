// SPDX-License-Identifier: EUPL-1.2
import { hash } from 'node:crypto';
import { Readable } from 'node:stream';

import { FIXTURES, HOSTILE_FILES, largeMessage, message, Spelling, XZUFI_220 } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type JsonTreated, treat } from '../fixtures/json-treatment.js';
import { DEFAULT_LIMITS } from './xzufi.limits.client.js';
import { lineBreaksIn, READING } from './xzufi.marks.client.js';
import { ParserPool } from './xzufi.pool.client.js';
import { type DocumentPart, readDocument, type ReaderSettings } from './xzufi.reader.client.js';

type Known = Map<string, string | null>;
interface Outcome {
  /** Of each change its JSON and its mark; of what was recognised its digest. */
  readonly changes: readonly string[];
  readonly said: object;
  readonly recalled: number;
}

const TREATMENT = { module: '', treat };

/** Reads a document, recognising what is known. */
async function read(content: string | Buffer, known?: Known, more: Partial<ReaderSettings> = {}): Promise<Outcome> {
  const parts: DocumentPart[] = [];
  const recall = (digests: readonly string[]) =>
    Promise.resolve(new Map(digests.flatMap((one) => (known?.has(one) === true ? [[one, known.get(one) ?? null]] : []))));
  const settings = { limits: DEFAULT_LIMITS, schemas: {}, ...(known === undefined ? {} : { recall }), ...more };
  const document = { name: 'file', stream: Readable.from([Buffer.from(content)]) };
  for await (const part of readDocument(document, settings, new ParserPool(0, TREATMENT), new AbortController().signal)) parts.push(part);
  const last = parts.at(-1);
  return {
    changes: parts.flatMap(({ treated, recalled }) => recalled ?? (treated as JsonTreated).json),
    said: {
      findings: parts.flatMap(({ findings }) => findings),
      unknownParts: parts.reduce((sum, { unknownParts }) => sum + unknownParts, 0),
      objects: parts.reduce((sum, { objects }) => sum + objects, 0),
      document: last?.document,
      bytes: last?.bytesRead,
    },
    recalled: parts.reduce((sum, { recalled = [] }) => sum + recalled.length, 0),
  };
}

type Mark = { digest: string; remarks?: string } | null;
const marksOf = ({ changes }: Outcome): Mark[] => changes.map((line) => (JSON.parse(line) as [unknown, Mark])[1]);
const knownOf = (outcome: Outcome): Known =>
  new Map(marksOf(outcome).flatMap((mark) => (mark === null ? [] : [[mark.digest, mark.remarks ?? null]])));

const x = new Spelling(XZUFI_220);
const office = (id: string, more = ''): string =>
  `<xzufi:schreibe><xzufi:organisationseinheit>${x.id('id', id, 'L1')}${more}</xzufi:organisationseinheit></xzufi:schreibe>`;
/** Nothing to say; unknown parts; a remark with a line; both; two objects in one; none; a removal; one that is skipped. */
const RECORDS = [
  office('1'),
  office('2', '<xzufi:neu>a</xzufi:neu>\n<xzufi:neu/>'),
  office('3').replace(' schemeAgencyID="L1"', ''),
  `\r\n<!-- two\nlines -->${office('4', '\n<xzufi:neu/>').replace(' schemeAgencyID="L1"', '')}`,
  `<xzufi:schreibe>${office('5').slice(16, -17)}${office('6').slice(16, -17)}</xzufi:schreibe>`,
  '<xzufi:anderes/>',
  '<xzufi:loesche klasse="Organisationseinheit"><xzufi:id schemeAgencyID="L1">9</xzufi:id></xzufi:loesche>',
  '<xzufi:schreibe><xzufi:organisationseinheit/></xzufi:schreibe>',
];
const record = fc.tuple(fc.constantFrom(...RECORDS), fc.constantFrom('', '\n', '\r\n', '\r', ' Text dazwischen '), fc.boolean());

describe('recognising records', () => {
  it('ends in what reading everything ends in, with the same remarks at the same lines, whichever records are known', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async (records) => {
        const document = message({ dialect: XZUFI_220 }, records.map(([xml, between]) => between + xml).join(''));
        const everything = await read(document);
        const all = [...knownOf(everything)];
        const known: Known = new Map(all.filter((_, index) => records[index % records.length]?.[2]));
        const again = await read(document, known);
        expect(again.said).toEqual(everything.said);
        const byDigest = new Map(everything.changes.map((line, index) => [marksOf(everything)[index]?.digest, line]));
        expect(again.changes.map((line) => byDigest.get(line) ?? line)).toEqual(everything.changes);
        expect(again.recalled).toBe(marksOf(everything).filter((mark) => mark !== null && known.has(mark.digest)).length);
      }),
      { numRuns: 200 },
    );
  });

  it('parses nothing of a large message that is known, and nothing else than what changed', async () => {
    const text = [...largeMessage({ objects: 3_000 })].join('');
    const everything = await read(text);
    const known = knownOf(everything);
    expect(known.size).toBe(3_000);
    const again = await read(text, known);
    expect([again.recalled, again.said]).toEqual([3_000, everything.said]);
    const changed = await read(text.replace('Leistung Nr. 100000', 'Leistung Nr. hunderttausend'), known);
    expect(changed.recalled).toBe(2_999);
  });

  it.each(
    Object.entries(FIXTURES).flatMap(([letter, fixture]) =>
      fixture
        .files()
        .filter(({ name }) => name.endsWith('.xml'))
        .map(({ name, content }) => [letter, name, content] as const),
    ),
  )('%s %s: says the second time what it said the first time', async (_letter, _name, content) => {
    const first = await read(content).catch((error: unknown) => error);
    if (first instanceof Error) {
      await expect(read(content, new Map())).rejects.toEqual(first);
      return;
    }
    expect((await read(content, knownOf(first as Outcome))).said).toEqual((first as Outcome).said);
  });

  it('refuses hostile files the second time too, wherever everything before is known', async () => {
    const good = message({ dialect: XZUFI_220 }, office('1') + office('2'));
    const known = knownOf(await read(good));
    for (const { name, bytes } of HOSTILE_FILES) {
      const first = await read(bytes).then(
        () => name,
        (error: unknown) => error,
      );
      await expect(
        read(bytes, known).then(
          () => name,
          (error: unknown) => error,
        ),
      ).resolves.toEqual(first);
    }
    const broken = good.replace('</xzufi:schreibe></', '</xzufi:schreibe><open></');
    await expect(read(broken, known)).rejects.toMatchObject({ code: 'not-well-formed' });
    await expect(read(good.slice(0, -4), known)).rejects.toMatchObject({ name: 'XmlFault' });
  });

  it('knows nothing again where something else decides what the bytes mean', async () => {
    const document = message({ dialect: XZUFI_220 }, office('1', '<fremd:teil/>')).replace(' xmlns:', ' xmlns:fremd="urn:eins" xmlns:');
    const known = knownOf(await read(document));
    expect((await read(document, known)).recalled).toBe(1);
    expect((await read(document.replace('urn:eins', 'urn:zwei'), known)).recalled).toBe(0);
    expect((await read(document.replace('2_2_0', '2_1_0'), known)).recalled).toBe(0);
    expect((await read(document, known, { limits: { ...DEFAULT_LIMITS, depthMax: DEFAULT_LIMITS.depthMax - 1 } })).recalled).toBe(0);
  });

  it('marks only what is one object and nothing else', async () => {
    const outcome = await read(message({ dialect: XZUFI_220 }, RECORDS.join('')));
    expect(marksOf(outcome).map((mark) => mark !== null)).toEqual([true, true, true, true, false, false, false]);
    expect(marksOf(outcome).map((mark) => mark?.remarks === undefined)).toEqual([true, false, false, false, true, true, true]);
  });

  it('counts line breaks as the parser does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\n', '\r', 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), maxLength: 30 }), (text) => {
        expect(lineBreaksIn(Buffer.from(text))).toBe(text.replace(/\r\n?/g, '\n').split('\n').length - 1);
      }),
    );
  });

  it('is counted up (READING) when the same bytes give something else than before', async () => {
    const outcomes: unknown[] = [];
    for (const [letter, fixture] of Object.entries(FIXTURES).sort(([one], [other]) => (one < other ? -1 : 1)))
      for (const { name, content } of fixture.files().filter((file) => file.name.endsWith('.xml')))
        outcomes.push([
          letter,
          name,
          await read(content).then(
            ({ changes, said }) => [changes.map((line) => (JSON.parse(line) as unknown[])[0]), said],
            () => 'refused',
          ),
        ]);
    const now = hash('sha256', JSON.stringify(outcomes), 'hex').slice(0, 16);
    // When this fails and that is meant: count READING up and write down the new pair. Otherwise objects that are stored stay as they were read.
    expect([READING, now]).toEqual([1, 'a5b72b1881bf38ef']);
  });
});
