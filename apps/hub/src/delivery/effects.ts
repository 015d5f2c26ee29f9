// SPDX-License-Identifier: EUPL-1.2
import { type DeliveryContext, DeliveryError, type Effect, isFound } from '@amtsbote/adapter-kit';
import type { Clock, JsonValue } from '@amtsbote/canonical';
import { affected } from '@amtsbote/store';

import type { House } from '../house/tokens.js';
import type { ClaimedStep } from './claims.js';

/** The attempt is no longer ours: another worker holds the step, nothing may be written (fencing). */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * What an adapter gets for one attempt. Its `once` remembers outside effects in the store: started before the call, done with the receipt
 * after it, both guarded by the fence. An effect found started was cut off: the target is asked before it is done again (law 4).
 */
export class StoredDelivery implements DeliveryContext {
  readonly key: string;
  readonly attempt: number;
  readonly clock: Clock;

  constructor(
    private readonly house: House,
    private readonly step: ClaimedStep,
    readonly signal: AbortSignal,
  ) {
    this.key = step.id;
    this.attempt = step.attempt;
    this.clock = house.clock;
  }

  async once<Receipt extends JsonValue>(name: string, effect: Effect<Receipt>): Promise<Receipt> {
    const known = await this.begin(name);
    if (known.state === 'done') return known.receipt as Receipt;
    if (known.state === 'started') {
      const result = await effect.find();
      if (result === 'cannotTell') {
        throw DeliveryError.outcomeUnknown(CANNOT_TELL, `The target cannot tell whether "${name}" already happened.`);
      }
      if (isFound(result)) return this.finish(name, result.found);
    }
    this.signal.throwIfAborted();
    return this.finish(name, await effect.act());
  }

  /** Notes that the effect is about to happen, or tells what is known of it. */
  private async begin(name: string): Promise<{ state: 'fresh' } | { state: 'started' } | { state: 'done'; receipt: JsonValue }> {
    const { id, fence, tenant } = this.step;
    const rows = await this.house.database.query<{ fresh: boolean; state: 'started' | 'done'; receipt: JsonValue }[]>(BEGIN, [
      id,
      fence,
      name,
      tenant,
      this.clock.now(),
    ]);
    const [row] = rows;
    if (row === undefined) throw new LeaseLost(`the lease of step ${id} is lost`);
    if (row.fresh) return { state: 'fresh' };
    return row.state === 'done' ? { state: 'done', receipt: row.receipt } : { state: 'started' };
  }

  private async finish<Receipt extends JsonValue>(name: string, receipt: Receipt): Promise<Receipt> {
    const { id, fence } = this.step;
    const written = await affected(this.house.database, FINISH, [id, name, fence, JSON.stringify(receipt), this.clock.now()]);
    if (written !== 1) throw new LeaseLost(`the lease of step ${id} is lost`);
    return receipt;
  }
}

/** Code of the failure that parks a step because nobody but a person can find out. */
export const CANNOT_TELL = 'delivery/cannot-tell';

const BEGIN = `
  WITH held AS (SELECT id FROM step WHERE id = $1 AND fence = $2 AND state = 'running'),
  fresh AS (
    INSERT INTO effect (step_id, name, tenant, state, fence, started_at) SELECT id, $3, $4, 'started', $2, $5 FROM held
    ON CONFLICT (step_id, name) DO NOTHING RETURNING state, receipt)
  SELECT true AS fresh, state, receipt FROM fresh
  UNION ALL
  SELECT false, e.state, e.receipt FROM effect e JOIN held ON held.id = e.step_id WHERE e.name = $3`;

const FINISH = `
  UPDATE effect SET state = 'done', receipt = $4::jsonb, done_at = $5, fence = $3
  WHERE step_id = $1 AND name = $2 AND EXISTS (SELECT 1 FROM step WHERE id = $1 AND fence = $3 AND state = 'running')`;
