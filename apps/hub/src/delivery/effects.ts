// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, DeliveryError, type Effect, isFound } from '@amtsbote/adapter-kit';
import type { Clock, JsonValue } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';

import type { House } from '../house/tokens.js';
import type { Beginnings, FinishedEffect } from './beginnings.js';
import type { ClaimedStep } from './claims.js';

/** The attempt is no longer ours: another worker holds the step, nothing may be written (fencing). */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * What an adapter gets for one attempt. Its `once` remembers outside effects in the store, guarded by the fence: started before the call, done
 * with the receipt when the next effect starts or the attempt ends, which saves every second round trip. An effect found started was cut
 * off: the target is asked before it is done again (law 4).
 */
export class StoredDelivery implements DeliveryContext {
  readonly key: string;
  readonly attempt: number;
  readonly clock: Clock;
  /** Effects of this attempt that happened. */
  private readonly receipts = new Map<string, JsonValue>();
  private unwritten: FinishedEffect[] = [];

  constructor(
    house: Pick<House, 'clock'>,
    private readonly beginnings: Beginnings,
    private readonly step: ClaimedStep,
    readonly signal: AbortSignal,
    /** Whether the lease is not over, by the clock: asked before every outside call. */
    private readonly isHeld: () => boolean = () => true,
  ) {
    this.key = step.id;
    this.attempt = step.attempt;
    this.clock = house.clock;
  }

  /** Effects that happened and are not written down; whoever ends the attempt writes them. */
  get finished(): readonly FinishedEffect[] {
    return this.unwritten;
  }

  async once<Receipt extends JsonValue>(name: string, effect: Effect<Receipt>): Promise<Receipt> {
    const earlier = this.receipts.get(name);
    if (earlier !== undefined) return earlier as Receipt;
    const known = await this.begin(name);
    if (known.state === 'done') return known.receipt as Receipt;
    this.stillOurs();
    if (known.state === 'started') {
      const result = await effect.find();
      if (result === 'cannotTell') {
        throw DeliveryError.outcomeUnknown(CANNOT_TELL, `The target cannot tell whether "${name}" already happened.`, {
          hintKey: 'cannotTell',
        });
      }
      if (isFound(result)) return this.finish(name, result.found);
    }
    this.stillOurs();
    this.signal.throwIfAborted();
    crashPoint('delivery.beginning');
    const receipt = await effect.act();
    crashPoint('delivery.acted');
    return this.finish(name, receipt);
  }

  /**
   * The store's word that the step is ours was true when it was given. A process that stood still since then, with the answer in its hands, would
   * act a second time after another worker has.
   */
  private stillOurs(): void {
    if (!this.isHeld()) throw new LeaseLost(`the lease of step ${this.step.id} is over`);
  }

  /** Notes that the effect is about to happen, or tells what is known of it. */
  private async begin(name: string): Promise<{ state: 'fresh' } | { state: 'started' } | { state: 'done'; receipt: JsonValue }> {
    const finished = this.unwritten;
    const begun = await this.beginnings.begin({ step: this.step, name, finished });
    if (begun === undefined) throw new LeaseLost(`the lease of step ${this.step.id} is lost`);
    this.unwritten = this.unwritten.filter((effect) => !finished.includes(effect));
    if (begun.fresh) return { state: 'fresh' };
    return begun.state === 'done' ? { state: 'done', receipt: begun.receipt } : { state: 'started' };
  }

  private finish<Receipt extends JsonValue>(name: string, receipt: Receipt): Receipt {
    this.receipts.set(name, receipt);
    this.unwritten = [...this.unwritten, { name, receipt, doneAt: this.clock.now() }];
    return receipt;
  }
}

/** Code of the failure that parks a step because nobody but a person can find out. */
export const CANNOT_TELL = 'delivery/cannot-tell';

/** SQL that writes finished effects in a JSON parameter, to be part of a larger statement with a relation `held` that has the step, if it is ours. */
export function finishEffects(parameter: string, fence: string): string {
  return `
    UPDATE effect SET state = 'done', receipt = d.receipt, done_at = d."doneAt", fence = ${fence}
    FROM held, jsonb_to_recordset(${parameter}::jsonb) AS d(name text, receipt jsonb, "doneAt" timestamptz)
    WHERE effect.step_id = held.id AND effect.name = d.name`;
}
