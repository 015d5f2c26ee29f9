// SPDX-License-Identifier: EUPL-1.2
import type { Clock, JsonValue } from '@amtsbote/canonical';

import { type DeliveryContext, DeliveryError, type Effect, isFound } from '../../src/index.js';

/** What a store remembers of effects: survives the "crash" of a test. */
export class EffectMemory {
  readonly effects = new Map<string, { state: 'started' | 'done'; receipt?: JsonValue }>();
}

/** Thrown by {@link TestDelivery} where the process would have died. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
}

/** Where a test lets the process die: before or after the n-th outside effect (1 = the first that really acts). */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly effect: number;
}

/** A delivery context for contract suites: the runner's semantics of `once`, with a memory that outlives attempts and a point to crash at. */
export class TestDelivery implements DeliveryContext {
  private acted = 0;
  readonly clock: Clock = { now: () => new Date(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

  constructor(
    readonly key: string,
    private readonly memory = new EffectMemory(),
    readonly attempt = 1,
    readonly signal: AbortSignal = new AbortController().signal,
    private readonly crash?: CrashPoint,
  ) {}

  async once<Receipt extends JsonValue>(name: string, effect: Effect<Receipt>): Promise<Receipt> {
    const known = this.memory.effects.get(name);
    if (known?.state === 'done') return known.receipt as Receipt;
    if (known?.state === 'started') {
      const result = await effect.find();
      if (result === 'cannotTell')
        throw DeliveryError.outcomeUnknown('test/cannot-tell', `the target cannot tell whether "${name}" happened`);
      if (isFound(result)) return this.remember(name, result.found);
    }
    this.memory.effects.set(name, { state: 'started' });
    this.acted += 1;
    if (this.crash?.when === 'before' && this.crash.effect === this.acted) throw new SimulatedCrash(`before ${name}`);
    const receipt = await effect.act();
    if (this.crash?.when === 'after' && this.crash.effect === this.acted) throw new SimulatedCrash(`after ${name}`);
    return this.remember(name, receipt);
  }

  private remember<Receipt extends JsonValue>(name: string, receipt: Receipt): Receipt {
    // As the store does it: a receipt that does not survive JSON would differ after a restart.
    const stored = JSON.parse(JSON.stringify(receipt)) as Receipt;
    this.memory.effects.set(name, { state: 'done', receipt: stored });
    return stored;
  }
}
