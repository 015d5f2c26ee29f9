// SPDX-License-Identifier: EUPL-1.2
import type { Fault, FaultRule } from '@amtsbote/adapter-kit/testing';

import { boxNamed, type BoxOperation, forgetBox } from '../../src/memory.client.js';
import { BoxFailure } from '../../src/memory.errors.js';
import type { BoxAnswer, BoxRecord } from '../../src/memory.wire.js';

/** A box of this process with switchable faults: the same words as a simulator on loopback, without the loopback. */
export class BoxSimulator {
  private static made = 0;
  readonly name = `simulated-${(BoxSimulator.made += 1)}`;
  /** Operations that arrived, in order. */
  readonly requests: BoxOperation[] = [];
  private readonly box = boxNamed(this.name);
  private rules: { rule: FaultRule; left: number }[] = [];
  private refusals = 0;

  constructor() {
    this.box.gate = (operation, act, signal) => this.pass(operation, act, signal);
  }

  get contents(): ReadonlyMap<string, BoxRecord> {
    return this.box.contents();
  }

  /** Adds a fault; `match` is compared with `put`, `get` and `ping`. */
  fail(rule: FaultRule | Fault): void {
    const complete: FaultRule = typeof rule === 'string' ? { fault: rule } : rule;
    this.rules.push({ rule: complete, left: complete.times ?? Number.POSITIVE_INFINITY });
  }
  heal(): void {
    this.rules = [];
  }
  /** The next application is refused for good. */
  refuseNext(): void {
    this.refusals += 1;
  }
  async stop(): Promise<void> {
    forgetBox(this.name);
  }

  private async pass(operation: BoxOperation, act: () => BoxAnswer, signal: AbortSignal): Promise<unknown> {
    this.requests.push(operation);
    const hit = this.rules.find(({ rule, left }) => left > 0 && (rule.match?.test(operation) ?? true));
    if (hit !== undefined) hit.left -= 1;
    if (operation === 'put' && this.refusals > 0) {
      this.refusals -= 1;
      throw new BoxFailure('refused');
    }
    switch (hit?.rule.fault) {
      case undefined:
        return act();
      case 'down':
        throw new BoxFailure('notReached');
      case 'error500':
        throw new BoxFailure('failed');
      case 'unauthorised':
        throw new BoxFailure('unauthorised');
      case 'throttled':
        throw new BoxFailure('throttled', (hit.rule.retryAfterS ?? 1) * 1_000);
      case 'garbage':
        return { not: 'a record' };
      case 'answerLost':
        act();
        throw new BoxFailure('answerLost');
      case 'slow':
        await pause(hit.rule.slowMs ?? 1_000, signal);
        return act();
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new BoxFailure('answerLost'));
    });
  });
}
