// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { CatalogueChange, targetOf } from '@amtsbote/canonical';

import type { Adapter, CatalogueMode, CataloguePage, CataloguePort, PutMark, ReadingHelp, Treated } from '../../src/index.js';
import { ABORT_LIMIT_MS, deliveryErrorOf, failureKindOf, type SimulatedTarget, testEnvironment, visibleParts } from './contract-tools.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';

/** What a catalogue adapter gives to the suite: itself, its simulated source, and how to change what the source offers. */
export interface CatalogueContractFixture<Options, Source extends SimulatedTarget> {
  readonly adapter: Adapter<'catalogue', Options>;
  /** A started, empty source. */
  start(): Promise<Source>;
  /** Options that fit the source as it is now, as an operator writes them. */
  optionsFor(source: Source): unknown;
  /** The source publishes changes; a source of snapshots offers what there is after them. */
  publish(source: Source, changes: readonly CatalogueChange[]): void | Promise<void>;
  /** An object with this name, as the adapter hands it over after reading it from the source. */
  objectNamed(name: string): CatalogueChange & { op: 'put' };
  /** The mode of reads from the beginning; an empty snapshot is refused. */
  readonly starts: CatalogueMode;
  /** Whether reads go on from a cursor, in increments; else every read gives everything. */
  readonly goesOn: boolean;
  /** Whether the source is somewhere else and can fail on the way; false for sources that are part of the configuration. */
  readonly isRemote: boolean;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
}

/** More objects than fit on one page of any source: constant memory means pages. */
const MANY = 2_500;
const HEAD = {
  messageId: '018f0000-0000-7000-8000-000000000001',
  createdAt: '2026-01-15T08:00:00.000Z',
  sender: 'Muster',
  recipient: 'PVOG',
};
const never = new AbortController().signal;

interface Read {
  readonly pages: CataloguePage[];
  readonly changes: CatalogueChange[];
}

/** The judge of every catalogue adapter: nothing is skipped, a broken source is never an empty one. */
export function catalogueContract<Options, Source extends SimulatedTarget>(fixture: CatalogueContractFixture<Options, Source>): void {
  describe(`${fixture.adapter.type}: catalogue contract`, () => {
    let source: Source;
    const ports: CataloguePort[] = [];

    /** A new instance: options may have changed with the source. */
    const makePort = (): CataloguePort => {
      const port = fixture.adapter.create(fixture.adapter.options.parse(fixture.optionsFor(source)), testEnvironment());
      ports.push(port);
      return port;
    };
    const read = (cursor: string | null, port = makePort(), signal = never): Promise<Read> => collect(port.changesSince(cursor, signal));
    const readBytes = (bytes: Uint8Array, mode: CatalogueMode = 'increments', signal = never): Promise<Read> =>
      collect(makePort().read({ name: 'upload', stream: Readable.from([bytes]), bytesTotal: bytes.length, mode }, signal));
    const write = async (changes: readonly CatalogueChange[]): Promise<Buffer> => {
      const pieces: Uint8Array[] = [];
      for await (const { bytes, findings } of makePort().write(HEAD, changes, never)) {
        expect(findings).toEqual([]);
        pieces.push(bytes);
      }
      return Buffer.concat(pieces);
    };
    const named = (name: string): CatalogueChange & { op: 'put' } => fixture.objectNamed(name);
    const first = named('Gewerbeanmeldung');
    const three = [first, named('Führerschein (Ä/Ö/Ü) „Erstantrag“ & mehr'), named(`Langer Name ${'ß'.repeat(2_000)}`)];
    const removal: CatalogueChange = { op: 'remove', ...targetOf(first) };
    const many = (): CatalogueChange[] => Array.from({ length: MANY }, (_, index) => named(`Leistung ${index}`));

    beforeEach(async () => {
      source = await fixture.start();
    });
    afterEach(async () => {
      for (const port of ports.splice(0)) await port.close();
      await source.stop();
    });

    describe('changesSince', () => {
      it('gives everything from the beginning, unchanged and in the order of the source', async () => {
        await fixture.publish(source, three);
        expect((await read(null)).changes).toEqual(three);
      });

      it('gives objects as the model has them', async () => {
        await fixture.publish(source, three);
        for (const change of (await read(null)).changes) expect(CatalogueChange.parse(change)).toEqual(change);
      });

      it('gives pages, the last of which says so, and running totals', async () => {
        await fixture.publish(source, many());
        const { pages, changes } = await read(null);
        expect(changes).toHaveLength(MANY);
        expect(pages.length).toBeGreaterThan(1);
        expect(pages.filter(({ isLast }) => isLast)).toEqual([pages.at(-1)]);
        expect(pages.at(-1)?.progress).toMatchObject({ objects: MANY, unknownParts: 0 });
        const objects = pages.map(({ progress }) => progress.objects);
        expect(objects).toEqual([...objects].sort((a, b) => a - b));
      });

      it('gives the same to a reader that has changes treated and remembers them: what is recalled is what was read', async () => {
        await fixture.publish(source, three);
        const memory = new Map<string, { json: string; remarks: string | null }>();
        const asRead = async (): Promise<unknown[]> => {
          const all: string[] = [];
          for await (const page of makePort().changesSince(null, never, remembering(memory))) {
            const { json = [] } = (page.treated as JsonTreated | undefined) ?? {};
            all.push(...page.changes.map((change) => JSON.stringify(change)), ...json);
            all.push(...(page.recalled ?? []).map((digest) => memory.get(digest)?.json ?? ''));
          }
          return all.map((json) => JSON.parse(json) as unknown);
        };
        await expect(asRead()).resolves.toEqual(three);
        await expect(asRead()).resolves.toEqual(three);
      });

      it('serves several readers at the same time', async () => {
        await fixture.publish(source, three);
        const port = makePort();
        const readers = await Promise.all(Array.from({ length: 5 }, () => read(null, port)));
        expect(readers.map(({ changes }) => changes.length)).toEqual([3, 3, 3, 3, 3]);
      });

      it('stops when it is aborted', async () => {
        await fixture.publish(source, three);
        await expect(read(null, makePort(), AbortSignal.abort())).rejects.toThrow();
      });

      if (fixture.starts === 'increments') {
        it('gives one page without changes of an empty source', async () => {
          expect(await read(null)).toMatchObject({ changes: [], pages: [{ isLast: true }] });
        });
      } else {
        it('refuses an empty source: taken, it would delete everything', async () => {
          expect(await failureKindOf(read(null))).toBe('refused');
        });
      }

      if (fixture.goesOn) {
        it('gives only what is new after a cursor', async () => {
          await fixture.publish(source, three);
          const cursor = lastCursor(await read(null));
          expect(cursor).not.toBeNull();
          const nothing = await read(cursor);
          expect(nothing.changes).toEqual([]);
          expect(nothing.pages.at(-1)).toMatchObject({ mode: 'increments', isLast: true });
          const news = [named('Hundesteuer'), removal];
          await fixture.publish(source, news);
          const { changes, pages } = await read(cursor);
          expect(changes).toEqual(news);
          expect(pages.map(({ mode }) => mode)).toEqual(pages.map(() => 'increments'));
        });

        it('skips nothing when reading resumes after any page that has a cursor', async () => {
          await fixture.publish(source, many());
          const { pages } = await read(null);
          const resumable = pages.flatMap(({ cursor, progress }) => (cursor === null ? [] : [{ cursor, before: progress.objects }]));
          expect(resumable.length).toBeGreaterThan(1);
          for (const { cursor, before } of resumable) expect(before + (await read(cursor)).changes.length).toBe(MANY);
        });
      } else {
        it('gives everything again, without what is gone', async () => {
          await fixture.publish(source, three);
          const before = await read(null);
          expect(before.pages.map(({ mode }) => mode)).toEqual(before.pages.map(() => 'snapshot'));
          await fixture.publish(source, [removal]);
          expect((await read(lastCursor(before))).changes).toEqual(three.slice(1));
        });
      }
    });

    describe('documents', () => {
      it('are read as they were written, in pages whose last one says so', async () => {
        const changes = [...three, removal, ...many()];
        const { pages, changes: again } = await readBytes(await write(changes));
        expect(again).toEqual(changes);
        expect(pages.filter(({ isLast }) => isLast)).toEqual([pages.at(-1)]);
        expect(pages.map(({ mode, cursor }) => [mode, cursor])).toEqual(pages.map(() => ['increments', null]));
      });

      it('are taken as a snapshot if the sender says so, and not if there is nothing in them', async () => {
        expect((await readBytes(await write(three), 'snapshot')).pages.at(-1)).toMatchObject({ mode: 'snapshot', isLast: true });
        expect(await failureKindOf(write([]).then((bytes) => readBytes(bytes, 'snapshot')))).toBe('refused');
      });

      it('are refused when they are cut off', async () => {
        const bytes = await write(three);
        expect(await failureKindOf(readBytes(bytes.subarray(0, bytes.length - 8)))).toBe('refused');
      });

      it('are refused when they are something else', async () => {
        expect(await failureKindOf(readBytes(Buffer.from('\u0000<<not the standard')))).toBe('refused');
        expect(await failureKindOf(readBytes(Buffer.alloc(0)))).toBe('refused');
      });

      it('fail when their stream breaks, and when the reader gives up', async () => {
        const breaking = async function* (): AsyncGenerator<Buffer> {
          yield (await write(three)).subarray(0, 20);
          throw new Error('line broken');
        };
        const stream = Readable.from(breaking());
        expect(await failureKindOf(collect(makePort().read({ name: 'push', stream, mode: 'increments' }, never)))).toBe('unavailable');
        await expect(readBytes(await write(three), 'increments', AbortSignal.abort())).rejects.toThrow();
      });
    });

    if (fixture.isRemote) {
      describe('changesSince, when the source does not cooperate', () => {
        it.each([
          ['down', ['unavailable']],
          ['error500', ['unavailable']],
          ['answerLost', ['unavailable']],
          ['unauthorised', ['misconfigured']],
          // A page of nonsense must not look like an empty catalogue: everything would be deleted.
          ['garbage', ['unavailable', 'refused']],
        ] as const)('fails instead of ending early (%s)', async (fault, kinds) => {
          await fixture.publish(source, three);
          source.fail(fault);
          expect(kinds).toContain(await failureKindOf(read(null)));
        });

        it('is unavailable for as long as the source asks when it throttles', async () => {
          source.fail({ fault: 'throttled', retryAfterS: 7 });
          const error = await deliveryErrorOf(read(null));
          expect([error.kind, error.retryAfterMs]).toEqual(['unavailable', 7_000]);
        });

        it('honours the abort while the source hangs', async () => {
          source.fail({ fault: 'slow', slowMs: 10_000 });
          const started = Date.now();
          await expect(read(null, makePort(), AbortSignal.timeout(100))).rejects.toThrow();
          expect(Date.now() - started).toBeLessThan(ABORT_LIMIT_MS);
        });

        it.each(['down', 'error500', 'unauthorised'] as const)('reports in the probe what is wrong (%s)', async (fault) => {
          source.fail(fault);
          expect((await makePort().probe(never)).ok).toBe(false);
        });

        it('shows no secrets in errors and probe', async () => {
          for (const fault of ['down', 'error500', 'unauthorised', 'garbage'] as const) {
            source.fail(fault);
            const shown = [visibleParts(await deliveryErrorOf(read(null))), JSON.stringify(await makePort().probe(never))];
            for (const text of shown) for (const secret of fixture.secrets) expect(text).not.toContain(secret);
            source.heal();
          }
        });
      });
    }

    describe('probe and description', () => {
      it('is content with a healthy source and changes nothing', async () => {
        await fixture.publish(source, three);
        expect(await makePort().probe(never)).toMatchObject({ ok: true });
        expect((await read(null)).changes).toEqual(three);
      });

      it('describes the source without secrets', () => {
        const text = makePort().describeTarget();
        expect(text).not.toBe('');
        for (const secret of fixture.secrets) expect(text).not.toContain(secret);
      });
    });
  });
}

interface JsonTreated extends Treated {
  readonly json: readonly string[];
}

/** Makes JSON of changes, and remembers what they looked like. */
function remembering(memory: Map<string, { json: string; remarks: string | null }>): ReadingHelp {
  const treat = (changes: readonly CatalogueChange[], marks: readonly (PutMark | undefined)[]): JsonTreated => {
    const json = changes.map((change) => JSON.stringify(change));
    for (const [index, mark] of marks.entries())
      if (mark !== undefined) memory.set(mark.digest, { json: json[index] ?? '', remarks: mark.remarks ?? null });
    return { json, buffers: [] };
  };
  const known = (digest: string): [string, string | null][] => {
    const found = memory.get(digest);
    return found === undefined ? [] : [[digest, found.remarks]];
  };
  // No thread is started for so little: nobody asks for the module.
  return { treatment: { module: '', treat }, recall: async (digests) => new Map(digests.flatMap(known)) };
}

async function collect(reading: AsyncIterable<CataloguePage>): Promise<Read> {
  const pages: CataloguePage[] = [];
  for await (const page of reading) pages.push(page);
  return { pages, changes: pages.flatMap(({ changes }) => changes) };
}

function lastCursor({ pages }: Read): string | null {
  return pages.at(-1)?.cursor ?? null;
}
