// SPDX-License-Identifier: EUPL-1.2
import type { Adapter, CatalogueChange, CataloguePort } from '../../src/index.js';
import { ABORT_LIMIT_MS, deliveryErrorOf, failureKindOf, type SimulatedTarget, testEnvironment, visibleParts } from './contract-tools.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';

/** What a catalogue adapter gives to the suite: itself, its simulated source, and how to change what the source offers. */
export interface CatalogueContractFixture<Options, Source extends SimulatedTarget> {
  readonly adapter: Adapter<'catalogue', Options>;
  /** A started, empty source. */
  start(): Promise<Source>;
  /** Options that fit the source as it is now, as an operator writes them. */
  optionsFor(source: Source): unknown;
  /** The source publishes changes; sources that cannot know a removed object may ignore its removal as long as it was never put. */
  publish(source: Source, changes: readonly CatalogueChange[]): void;
  /** An object with this name, as the adapter hands it over after reading it from the source. */
  objectNamed(name: string): CatalogueChange & { op: 'put' };
  /** Whether the source is somewhere else and can fail on the way; false for sources that are part of the configuration. */
  readonly isRemote: boolean;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
}

/** More objects than fit on one page of any source: constant memory means pages. */
const MANY = 2_500;

interface Read {
  readonly changes: CatalogueChange[];
  readonly cursors: string[];
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
    const read = async (cursor: string | null, port = makePort(), signal = new AbortController().signal): Promise<Read> => {
      const all: Read = { changes: [], cursors: [] };
      for await (const page of port.changesSince(cursor, signal)) {
        all.changes.push(...page.changes);
        all.cursors.push(page.cursor);
      }
      return all;
    };
    const three = ['Gewerbeanmeldung', 'Führerschein (Ä/Ö/Ü) „Erstantrag“ & mehr', `Langer Name ${'ß'.repeat(2_000)}`].map((name) =>
      fixture.objectNamed(name),
    );

    beforeEach(async () => {
      source = await fixture.start();
    });
    afterEach(async () => {
      for (const port of ports.splice(0)) await port.close();
      await source.stop();
    });

    describe('changesSince', () => {
      it('gives everything from the beginning, unchanged and in the order of the source', async () => {
        fixture.publish(source, three);
        expect((await read(null)).changes).toEqual(three);
      });

      it('gives nothing of an empty source', async () => {
        expect((await read(null)).changes).toEqual([]);
      });

      it('gives only what is new after a cursor', async () => {
        fixture.publish(source, three);
        const cursor = (await read(null)).cursors.at(-1) ?? null;
        expect(cursor).not.toBeNull();
        expect((await read(cursor)).changes).toEqual([]);
        const [first, ...others] = three;
        if (first === undefined) throw new Error('the fixture names no object');
        const news: CatalogueChange[] = [fixture.objectNamed('Hundesteuer'), { op: 'remove', kind: first.kind, key: first.key }];
        fixture.publish(source, news);
        expect((await read(cursor)).changes).toEqual(news);
        expect(others).toHaveLength(2);
      });

      it('gives pages, and skips nothing when reading resumes after any of them', async () => {
        const many = Array.from({ length: MANY }, (_, index) => fixture.objectNamed(`Leistung ${index}`));
        fixture.publish(source, many);
        const { changes, cursors } = await read(null);
        expect(changes).toEqual(many);
        expect(cursors.length).toBeGreaterThan(1);
        let rest = 0;
        for await (const page of makePort().changesSince(cursors[0] ?? null, new AbortController().signal)) rest += page.changes.length;
        let firstPage = 0;
        for await (const page of makePort().changesSince(null, new AbortController().signal)) {
          firstPage = page.changes.length;
          break;
        }
        expect(firstPage + rest).toBe(MANY);
      });

      it('serves several readers at the same time', async () => {
        fixture.publish(source, three);
        const port = makePort();
        const readers = await Promise.all(Array.from({ length: 5 }, () => read(null, port)));
        expect(readers.map(({ changes }) => changes.length)).toEqual([3, 3, 3, 3, 3]);
      });

      it('stops when it is aborted', async () => {
        fixture.publish(source, three);
        await expect(read(null, makePort(), AbortSignal.abort())).rejects.toThrow();
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
          fixture.publish(source, three);
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
          expect((await makePort().probe(new AbortController().signal)).ok).toBe(false);
        });

        it('shows no secrets in errors and probe', async () => {
          for (const fault of ['down', 'error500', 'unauthorised', 'garbage'] as const) {
            source.fail(fault);
            const shown = [
              visibleParts(await deliveryErrorOf(read(null))),
              JSON.stringify(await makePort().probe(new AbortController().signal)),
            ];
            for (const text of shown) for (const secret of fixture.secrets) expect(text).not.toContain(secret);
            source.heal();
          }
        });
      });
    }

    describe('probe and description', () => {
      it('is content with a healthy source and changes nothing', async () => {
        fixture.publish(source, three);
        expect(await makePort().probe(new AbortController().signal)).toMatchObject({ ok: true });
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
