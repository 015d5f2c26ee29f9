// SPDX-License-Identifier: EUPL-1.2
import { FormsLedgerPort, type WaitingSubmission } from '../../../src/index.js';
import type { SimulatedTarget } from '../contract-tools.js';
import { expect, it } from '../jest.js';
import { ACCEPTED, type Bench, PAGES_MAX, signal, stored } from './bench.js';

/** Sources that have books: what they tell of the past, and that it can still be fetched. */
export function booksSuite<Options, Target extends SimulatedTarget>(bench: Bench<Options, Target>): void {
  const books = async (since: Date): Promise<{ id: string; isDue: boolean; waiting: WaitingSubmission }[]> => {
    const { port } = bench;
    const all: { id: string; isDue: boolean; waiting: WaitingSubmission }[] = [];
    if (!(port instanceof FormsLedgerPort)) return all;
    for (const { name } of port.sources) {
      for (let from: string | null = null, pages = 0; pages < PAGES_MAX; pages += 1) {
        const page = await port.booked(name, since, from, signal());
        all.push(...page.booked.map((one) => ({ id: one.submissionId, isDue: one.isDue, waiting: one })));
        from = page.next;
        if (from === null) break;
      }
    }
    return all;
  };
  const hasBooks = (): boolean => bench.port instanceof FormsLedgerPort;

  it('has in its books, where it has any, what is waiting and what was acknowledged, but nothing from before', async () => {
    const ids = await bench.put(3);
    await bench.port.acknowledge(await bench.one(), ACCEPTED, signal());
    const all = await books(new Date(0));
    expect(all.map(({ id }) => id).sort()).toEqual(hasBooks() ? [...ids].sort() : []);
    expect(all.every(({ isDue }) => isDue)).toBe(true);
    expect(await books(new Date('2100-01-01T00:00:00Z'))).toEqual([]);
    expect(bench.fixture.acknowledged(bench.target)).toHaveLength(1);
  });

  it('gives what is in its books and was acknowledged, for a hub that lost it; what was withdrawn is not due', async () => {
    const [first, second = ''] = await bench.put(2);
    await bench.port.acknowledge(await bench.one(), ACCEPTED, signal());
    bench.fixture.withdraw(bench.target, second);
    const due = (await books(new Date(0))).filter(({ isDue }) => isDue);
    expect(due.map(({ id }) => id)).toEqual(hasBooks() ? [first] : []);
    for (const { waiting } of due) {
      expect(bench.port.translate(await bench.fetched(stored(waiting))).submissionId).toBe(first);
      await bench.port.acknowledge(stored(waiting), ACCEPTED, signal());
    }
    expect(bench.fixture.acknowledged(bench.target)).toEqual([first]);
  });
}
