// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';

import { HOSTILE_FILES, largeMessage, XZUFI_220 } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { describe, expect, it } from '@jest/globals';

import { type JsonTreated, treat } from '../fixtures/json-treatment.js';
import { DEFAULT_LIMITS } from './xzufi.limits.client.js';
import { type BatchOrder, ParserPool } from './xzufi.pool.client.js';
import { type DocumentPart, readDocument } from './xzufi.reader.client.js';

/** A thread that runs the sources: Node takes the types away, names are those of the compiler's output or of the house's alias. */
const fromSources = (module: string): Worker =>
  new Worker(
    `import { registerHooks } from 'node:module';
     registerHooks({
       resolve: (name, context, next) => {
         if (name.startsWith('@amtsbote/')) return next(${JSON.stringify(new URL('../../..', import.meta.url).href)} + name.slice(10) + '/src/index.ts', context);
         return next(context.parentURL?.endsWith('.ts') && name.startsWith('./') ? name.replace(/\\.js$/, '.ts') : name, context);
       },
     });
     await import(${JSON.stringify(new URL('./xzufi.worker.client.ts', import.meta.url).href)});`,
    { eval: true, workerData: module },
  );
/** Makes JSON of changes. */
const TREATMENT = { module: new URL('../fixtures/json-treatment.ts', import.meta.url).href, treat };

async function read(text: Buffer, pool: ParserPool): Promise<DocumentPart[]> {
  const parts: DocumentPart[] = [];
  const stream = Readable.from(
    (function* () {
      for (let at = 0; at < text.length; at += 100_000) yield text.subarray(at, at + 100_000);
    })(),
  );
  try {
    for await (const part of readDocument(
      { name: 'file', stream },
      { limits: DEFAULT_LIMITS, schemas: {} },
      pool,
      new AbortController().signal,
    ))
      parts.push(part);
  } finally {
    await pool.close();
  }
  return parts;
}

/** What was made of changes, in order. */
const jsonOf = (parts: readonly DocumentPart[]): unknown[] =>
  parts.flatMap(({ treated }) => (treated as JsonTreated | undefined)?.json ?? []);

/** A batch with this content. */
const batch = (content: string): BatchOrder => ({
  bytes: new Uint8Array(Buffer.from(content)),
  ends: [],
  context: {
    limits: DEFAULT_LIMITS,
    dialect: '2.2.0',
    namespace: XZUFI_220.namespace,
    version: '2.2.0',
    bindings: { xzufi: XZUFI_220.namespace },
  },
});

/** Past the size from which on threads are used. */
const text = [...largeMessage({ objects: 3_000 })].join('');

describe('parsing in threads', () => {
  it('gives what parsing in one place gives, in the same order', async () => {
    expect(text.length).toBeGreaterThan(5_000_000);
    const plain = await read(Buffer.from(text), new ParserPool(2));
    const sequential = await read(Buffer.from(text), new ParserPool(0, TREATMENT));
    const parallel = await read(Buffer.from(text), new ParserPool(2, TREATMENT, fromSources));
    expect(parallel).toEqual(sequential);
    expect(jsonOf(parallel)).toHaveLength(3_000);
    expect(jsonOf(parallel).map((line) => (JSON.parse(String(line)) as unknown[])[0])).toEqual(plain.flatMap(({ changes }) => changes));
    expect(parallel.flatMap(({ changes }) => changes)).toEqual([]);
  });

  it('refuses what parsing in one place refuses, at the same line', async () => {
    const broken = Buffer.from(text.replace('102900</xzufi:id>', '102900</xzufi:ix>'));
    const errors: unknown[] = [];
    for (const pool of [new ParserPool(0, TREATMENT), new ParserPool(2, TREATMENT, fromSources)])
      errors.push(await read(broken, pool).catch((error: unknown) => error));
    expect(errors[0]).toMatchObject({ code: 'not-well-formed', line: expect.any(Number) });
    expect(errors[1]).toEqual(errors[0]);
  });

  it('keeps the process alive while a batch is under way: a program that only reads must not end in the middle', async () => {
    const threads = (): number => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = threads();
    const pool = new ParserPool(1, TREATMENT, fromSources);
    const parsing = pool.parse(batch('<xzufi:schreibe/>'));
    expect(threads()).toBeGreaterThan(before);
    expect((await parsing).result()).toMatchObject({ changes: [], lines: 0 });
    await pool.close();
    await expect(pool.parse(batch('<open>')).then((parsed) => parsed.result().fault?.code)).resolves.toBe('not-well-formed');
    await pool.close();
  });

  it('parses here what no thread has taken while somebody waits', async () => {
    const pool = new ParserPool(1, TREATMENT, () => new Worker('setInterval(() => {}, 1_000)', { eval: true }));
    const [, , third, fourth] = ['<x/>', '<x/>', '<open>', '<xzufi:schreibe/>'].map((content) => pool.parse(batch(content)));
    if (third === undefined || fourth === undefined) throw new Error('four were ordered');
    expect((await pool.next(fourth)).result()).toMatchObject({ changes: [], lines: 0 });
    expect((await pool.next(third)).result().fault?.code).toBe('not-well-formed');
    await pool.close();
  });

  it('refuses what takes more memory than a thread may have, instead of failing in a way that looks like a mistake of ours', async () => {
    const greedy = (): Worker =>
      new Worker('const all = []; for (;;) all.push(new Array(1_000).fill(all.length));', {
        eval: true,
        resourceLimits: { maxOldGenerationSizeMb: 8 },
      });
    await expect(read(Buffer.from(text), new ParserPool(1, TREATMENT, greedy))).rejects.toMatchObject({
      name: 'XmlFault',
      code: 'limit-exceeded',
    });
  });

  it('refuses hostile files after megabytes of good ones', async () => {
    const good = text.slice(0, text.indexOf('<xzufi:schreibe>', 4_500_000));
    for (const { code, bytes } of HOSTILE_FILES.filter(({ code: one, name }) => one === 'not-well-formed' && name.includes('attribute'))) {
      const bad = bytes.toString().slice(bytes.toString().indexOf('<xzufi:schreibe>'));
      await expect(read(Buffer.from(good + bad), new ParserPool(2, TREATMENT, fromSources))).rejects.toMatchObject({ code });
    }
  });
});
