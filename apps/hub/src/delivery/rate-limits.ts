// SPDX-License-Identifier: EUPL-1.2
import { returning } from '@amtsbote/store';

import type { InstanceConfig } from '../config/hub-config.js';
import type { House } from '../house/tokens.js';

/** How many attempts may start: an even pace, ahead of which a few may come at once. */
export type Rate = NonNullable<InstanceConfig['rate']>;

/** What a rate lets through now. */
export interface Granted {
  readonly count: number;
  /** When the next one may start; `null` while it is not the rate that holds anything up. */
  readonly nextAt: Date | null;
}

const MINUTE_MS = 60_000;

/**
 * Rates of adapter instances, shared by all processes through the store: what a target allows, it allows the whole hub. One moment says
 * everything about a rate (GCRA): when the next attempt would start if all came evenly. It may be ahead of the clock by the burst.
 */
export class RateLimits {
  /** By instance: before this moment the store need not be asked. */
  private readonly closedUntil = new Map<string, Date>();

  constructor(private readonly house: Pick<House, 'database' | 'clock'>) {}

  /** When it is known without asking that nothing may start yet. */
  closed(instance: string): Date | null {
    const until = this.closedUntil.get(instance);
    return until !== undefined && until > this.house.clock.now() ? until : null;
  }

  /** Takes up to `wanted` starts from the rate of an instance. */
  async take(instance: string, { perMinute, burst }: Rate, wanted: number): Promise<Granted> {
    const closed = this.closed(instance);
    if (closed !== null) return { count: 0, nextAt: closed };
    const everyMs = MINUTE_MS / perMinute;
    const parameters = [instance, this.house.clock.now(), everyMs, burst, wanted];
    const [row] = await returning<{ count: number; nextAt: Date }>(this.house.database, TAKE, parameters);
    if (row === undefined) throw new Error(`the rate of ${instance} has no row`);
    if (row.count >= wanted) return { count: row.count, nextAt: null };
    this.closedUntil.set(instance, row.nextAt);
    return { count: row.count, nextAt: row.nextAt };
  }

  /** Gives back what was taken and not used. */
  async giveBack(instance: string, { perMinute }: Rate, count: number): Promise<void> {
    if (count <= 0) return;
    this.closedUntil.delete(instance);
    await this.house.database.query(GIVE_BACK, [instance, (MINUTE_MS / perMinute) * count]);
  }
}

/*
 * $2 now, $3 pace in milliseconds, $4 burst, $5 wanted. The evenly paced attempts stand at next_at, or now when that is past; a start is free while it
 * is less than `burst` paces ahead of the clock (a microsecond more, for what rounding costs). Two processes that ask at once: the second waits for
 * the first one's row and sees what is left.
 */
const PACE = "$3::float8 * interval '1 millisecond'";
const FREE = `least($5::int, greatest(0, floor(extract(epoch FROM
  $2::timestamptz - greatest(rate.next_at, $2::timestamptz) + $4::int * ${PACE} + interval '1 microsecond') * 1000 / $3::float8)))`;
const TAKE = `
  INSERT INTO instance_rate AS rate (instance, granted, next_at) VALUES ($1, least($5::int, $4::int), $2::timestamptz + least($5::int, $4::int) * ${PACE})
  ON CONFLICT (instance) DO UPDATE SET granted = ${FREE}, next_at = greatest(rate.next_at, $2::timestamptz) + ${FREE} * ${PACE}
  RETURNING granted AS count, next_at - ($4::int - 1) * ${PACE} + interval '1 millisecond' AS "nextAt"`;

const GIVE_BACK = "UPDATE instance_rate SET next_at = next_at - $2::float8 * interval '1 millisecond' WHERE instance = $1";
