// SPDX-License-Identifier: EUPL-1.2
import type { BulkResult } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { type Commander, StepCommands } from '../delivery/step-commands.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';

/** Which parked steps. */
export interface ParkedFilter {
  readonly route?: string | undefined;
  readonly instance?: string | undefined;
  readonly code?: string | undefined;
  readonly kind?: string | undefined;
  readonly tenant?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

/** How it is carried out. */
export interface BulkOrder {
  readonly reason: string;
  readonly dryRun: boolean;
  readonly limit: number;
}

const BATCH = 500;

/** Retries many parked steps, each by its own command: one that fails leaves the others alone. */
@Injectable()
export class BulkRetry {
  constructor(
    private readonly house: House,
    private readonly steps: StepCommands,
  ) {}

  async retry(commander: Commander, filter: ParkedFilter, { reason, dryRun, limit }: BulkOrder): Promise<BulkResult> {
    const parameters = [
      commander.tenants,
      filter.route ?? null,
      filter.instance ?? null,
      filter.code ?? null,
      filter.tenant ?? null,
      filter.from ?? null,
      filter.to ?? null,
      filter.kind ?? null,
    ];
    const [counted] = await this.house.database.query<{ matched: number }[]>(`SELECT count(*)::int AS matched ${PARKED}`, parameters);
    const matched = counted?.matched ?? 0;
    const bulk = this.house.ids.uuid();
    if (dryRun) return { matched, retried: 0, refused: 0, remaining: matched, bulk };
    const oldest = `SELECT s.id ${PARKED} ORDER BY s.changed_at, s.id LIMIT $9`;
    const rows = await this.house.database.query<{ id: string }[]>(oldest, [...parameters, limit]);
    let retried = 0;
    for (const { id } of rows) if (await this.retryOne(commander, id, { reason, bulk })) retried += 1;
    this.house.log.info('ops.bulk-retried', { actor: commander.actor, matched, retried, bulk });
    return { matched, retried, refused: rows.length - retried, remaining: Math.max(0, matched - rows.length), bulk };
  }

  /** Retries what an instance's misconfiguration parked until now; what is parked anew meanwhile is left. @returns how many. */
  async retryMisconfigured(commander: Commander, instance: string, reason: string): Promise<number> {
    const filter = { instance, kind: 'misconfigured', to: this.house.clock.now() };
    let retried = 0;
    for (;;) {
      const result = await this.retry(commander, filter, { reason, dryRun: false, limit: BATCH });
      retried += result.retried;
      if (result.retried === 0 || result.remaining === 0) return retried;
    }
  }

  private async retryOne(commander: Commander, id: string, order: { reason: string; bulk: string }): Promise<boolean> {
    try {
      await this.steps.retry(commander, id, order);
      return true;
    } catch (error) {
      if (error instanceof ProblemError && error.status < 500) return false;
      throw error;
    }
  }
}

const PARKED = `
  FROM step s JOIN application a ON a.id = s.application_id AND a.tenant = s.tenant
  WHERE s.state = 'parked' AND a.progress <> 'cancelled' AND ($1::text[] IS NULL OR s.tenant = ANY($1)) AND ($2::text IS NULL OR a.route = $2)
    AND ($3::text IS NULL OR s.instance = $3) AND ($4::text IS NULL OR s.failure->>'code' = $4) AND ($5::text IS NULL OR s.tenant = $5)
    AND ($6::timestamptz IS NULL OR s.changed_at >= $6) AND ($7::timestamptz IS NULL OR s.changed_at < $7)
    AND ($8::text IS NULL OR s.failure->>'kind' = $8)`;
