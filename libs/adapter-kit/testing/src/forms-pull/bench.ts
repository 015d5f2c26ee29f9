// SPDX-License-Identifier: EUPL-1.2
import { type AcceptedApplication, FormsPullPort, type ReceivedSubmission, type WaitingSubmission } from '../../../src/index.js';
import { type SimulatedTarget, testEnvironment } from '../contract-tools.js';
import type { FileSample } from '../forms-contract.js';
import { expect } from '../jest.js';
import { MemoryIntake } from '../memory-intake.js';
import type { FormsPullContract } from './fixture.js';

/** A submission is stored here: what the source is told. */
export const ACCEPTED: AcceptedApplication = {
  id: '0192f0a0-0000-7000-8000-000000000001',
  reference: '7KQ4-M2XD-P',
  receivedAt: '2026-01-31T10:00:00.000Z',
};
/** Pages of one round after which a source is taken to go on for ever. */
export const PAGES_MAX = 100;
const PAGE_LENGTH_MAX = 1_000;

/** The adapter and its source, as each test finds them. */
export class Bench<Options, Target extends SimulatedTarget> {
  target!: Target;
  port!: FormsPullPort;
  constructor(readonly fixture: FormsPullContract<Options, Target>) {}

  async open(): Promise<void> {
    this.target = await this.fixture.start();
    this.port = this.another();
  }
  async close(): Promise<void> {
    await this.port.close();
    await this.target.stop();
  }
  /** As another process has it. */
  another(): FormsPullPort {
    const { adapter } = this.fixture;
    const port = adapter.create(adapter.options.parse(this.fixture.optionsFor(this.target)), testEnvironment());
    if (!(port instanceof FormsPullPort)) throw new Error('the adapter does not fetch');
    return port;
  }
  async put(count: number, files?: readonly FileSample[]): Promise<readonly string[]> {
    return this.fixture.put(this.target, count, files);
  }
  /** One round over all sources, as the hub goes through them; cursors are handed in and kept by the caller. */
  async round(port = this.port, cursors = new Map<string, string>()): Promise<WaitingSubmission[]> {
    const all: WaitingSubmission[] = [];
    for (const { name, begins } of port.sources) {
      let from = begins === 'atCursor' ? (cursors.get(name) ?? null) : null;
      for (let pages = 1; ; pages += 1) {
        const page = await port.list(name, from, signal());
        expect(page.waiting.length).toBeLessThanOrEqual(PAGE_LENGTH_MAX);
        expect(page.cursor === null).toBe(begins === 'atStart');
        all.push(...page.waiting);
        if (page.cursor !== null) cursors.set(name, page.cursor);
        if (page.next === null) break;
        if (pages > PAGES_MAX) throw new Error('the list has no end');
        from = page.next;
      }
    }
    return all;
  }
  async one(): Promise<WaitingSubmission> {
    const [waiting] = await this.round();
    if (waiting === undefined) throw new Error('nothing is waiting');
    return waiting;
  }
  call(name: Call, waiting: WaitingSubmission, limit = signal()): Promise<unknown> {
    if (name === 'fetch') return this.port.fetch(waiting, new MemoryIntake(), limit);
    if (name === 'acknowledge') return this.port.acknowledge(waiting, ACCEPTED, limit);
    return this.port.list(this.port.sources[0]?.name ?? '', null, limit);
  }
  async fetched(waiting: WaitingSubmission, intake = new MemoryIntake()): Promise<ReceivedSubmission> {
    const received = await this.port.fetch(waiting, intake, signal());
    if (received === 'gone') throw new Error('what is waiting is gone');
    return received;
  }
}

/** Of a call that nobody ends. */
export function signal(): AbortSignal {
  return new AbortController().signal;
}

/** As it comes back from the database. */
export function stored(waiting: WaitingSubmission): WaitingSubmission {
  return { ...waiting, handle: JSON.parse(JSON.stringify(waiting.handle)) as WaitingSubmission['handle'] };
}

/** What the hub asks of a source. */
export type Call = 'list' | 'fetch' | 'acknowledge';
