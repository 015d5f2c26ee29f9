// SPDX-License-Identifier: EUPL-1.2
import type { Clock, Randomness } from '@amtsbote/canonical';

/** A simulated process: what belongs to it happens only while it runs. */
export class SimulatedProcess {
  isAlive = true;
  frozenUntil = 0;
  constructor(readonly name: string) {}
}

interface Happening {
  readonly at: number;
  readonly order: number;
  readonly process: SimulatedProcess | undefined;
  readonly happen: () => void;
}

/** What may become of a call on its way. */
export type Fate = 'arrives' | 'lostBefore' | 'lostAfter';

/** Longest chain of promises that follows one happening; a longer one would go on beside the next happening, as it may in life. */
const TURNS = 60;
const LOOP_EVERY = 200;
const START = Date.parse('2026-01-31T10:00:00.000Z');

/**
 * Time and chance of a simulation: everything that takes time is a happening in one queue, and a seed decides how long everything takes. What
 * was sent happens at the other side whatever becomes of the sender; only the answer needs somebody who is still there.
 */
export class World {
  private millis = 0;
  private order = 0;
  private happened = 0;
  private queue: Happening[] = [];
  /** Messages on their way take at most so long, in milliseconds; most are fast. */
  static readonly TRAVEL_MS_MAX = 300;

  constructor(readonly randomness: Randomness) {}

  get now(): number {
    return this.millis;
  }
  between(low: number, high: number): number {
    return low + Math.floor(this.randomness.fraction() * (high - low + 1));
  }

  after(ms: number, happen: () => void, process?: SimulatedProcess): void {
    this.queue.push({ at: this.millis + Math.max(0, ms), order: (this.order += 1), process, happen });
  }

  /** The clock of one process. */
  clockOf(process: SimulatedProcess): Clock {
    return {
      now: () => new Date(START + this.millis),
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const aborted = (): void => reject(new Error('aborted'));
          if (signal?.aborted === true) {
            aborted();
            return;
          }
          signal?.addEventListener('abort', aborted, { once: true });
          this.after(ms, resolve, process);
        }),
    };
  }

  /** A call to another system: there and back, or not. */
  call<Answer>(process: SimulatedProcess, fate: () => Fate, act: () => Answer, lost: () => Error): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (!process.isAlive) return;
      const travel = (): number => this.between(1, this.between(0, 9) === 0 ? World.TRAVEL_MS_MAX : World.TRAVEL_MS_MAX / 10);
      this.after(travel(), () => {
        const becomes = fate();
        if (becomes === 'lostBefore') {
          this.after(travel(), () => reject(lost()), process);
          return;
        }
        try {
          const answer = act();
          // Whoever waits for it may be gone.
          if (answer instanceof Promise) answer.catch(() => undefined);
          this.after(travel(), () => (becomes === 'lostAfter' ? reject(lost()) : resolve(answer)), process);
        } catch (error) {
          this.after(travel(), () => reject(error instanceof Error ? error : new Error('not an error')), process);
        }
      });
    });
  }

  /** Lets things happen until nothing is left, the time is over, or `isOver`. */
  async run(untilMs: number, isOver: () => boolean = () => false): Promise<void> {
    for (;;) {
      const next = this.take();
      if (next === undefined || next.at > untilMs || isOver()) return;
      this.millis = Math.max(this.millis, next.at);
      const { process } = next;
      if (process?.isAlive === false) continue;
      if (process !== undefined && process.frozenUntil > this.millis) {
        // In their order, once it goes on.
        this.queue.push({ ...next, at: process.frozenUntil });
        continue;
      }
      next.happen();
      await this.settled();
    }
  }

  /** Everything that follows without taking time follows now. */
  private async settled(): Promise<void> {
    // Promises alone carry what follows: a turn of the event loop costs ten times as much, and is for those who are not simulated (signals, streams).
    for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
    if ((this.happened += 1) % LOOP_EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
  }

  private take(): Happening | undefined {
    let best = 0;
    for (let index = 1; index < this.queue.length; index += 1) {
      const [one, two] = [this.queue[index] as Happening, this.queue[best] as Happening];
      if (one.at < two.at || (one.at === two.at && one.order < two.order)) best = index;
    }
    const [next] = this.queue.splice(best, 1);
    return next;
  }
}
