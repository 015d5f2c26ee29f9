// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import type { Settled, ShadowChoice, ShadowEnd, Switched } from '@amtsbote/ops-api';
import { returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { ApplicationCommands } from '../delivery/application-commands.js';
import { WHOLE_HOUSE } from '../delivery/instance-commands.js';
import type { Commander } from '../delivery/step-commands.js';
import { House } from '../house/tokens.js';
import { UnitOfWork } from '../house/unit-of-work.js';
import { ProblemError } from '../http/problem.js';
import { isOwn, tenantsOfEndpoint } from '../ops/reach.js';
import { Routes } from '../routing/routes.js';
import { PAIRED, ParallelQueries, SHADOW_ALONE, SHADOW_PAIRED } from './parallel.queries.js';
import type { ParallelRun } from './parallel-runs.js';

/** Which form system shall be in charge. */
export interface SwitchOrder {
  readonly to: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** What shall become of shadows. */
export interface SettleOrder {
  readonly which: ShadowChoice;
  readonly end: ShadowEnd;
  readonly reason: string;
  readonly limit: number;
  readonly dryRun: boolean;
}

/** So many shadows are tried on the routes before a switch. */
const TRIED_MAX = 100;

/** Switching between the form systems of a parallel run, and deciding on what was kept meanwhile. */
@Injectable()
export class ParallelCommands {
  constructor(
    private readonly house: House,
    private readonly unitOfWork: UnitOfWork,
    private readonly queries: ParallelQueries,
    private readonly applications: ApplicationCommands,
    private readonly routes: Routes,
  ) {}

  /**
   * Puts the other form system in charge, from the next submission on. What was delivered goes on, what was kept stays kept: switching back and
   * forth loses and doubles nothing.
   * @throws ProblemError 404; 403 for a run that serves others too; 409 when it is in charge already; 422 for a foreign endpoint
   */
  async switchTo(commander: Commander, name: string, { to, reason, dryRun }: SwitchOrder): Promise<Switched<Date>> {
    const run = this.own(name, commander);
    if (to !== run.current && to !== run.next)
      throw new ProblemError(422, 'not-in-this-run', `The run is between ${run.current} and ${run.next}; "${to}" has no part in it.`);
    const shadows = await this.house.database.query<{ document: Application }[]>(SHADOWS_OF, [name, to, TRIED_MAX, commander.tenants]);
    const withoutRoute = shadows.filter(({ document }) => this.routes.match(document) === undefined).length;
    if (!dryRun) await this.putInCharge(commander, run, to, reason);
    return { run: await this.queries.view(run, commander.tenants), withoutRoute };
  }

  /**
   * Releases or discards what was kept, the oldest first, each in a transaction of its own. What has a counterpart that is delivered is never
   * released here: it would be delivered twice.
   * @throws ProblemError 404, 403; 422 for releasing what is paired
   */
  async settle(commander: Commander, name: string, order: SettleOrder): Promise<Settled> {
    const run = this.own(name, commander);
    const { which, end, limit, dryRun } = order;
    if (which === 'paired' && end === 'release')
      throw new ProblemError(
        422,
        'counterpart-delivered',
        'What has a counterpart that is delivered cannot be released: it would be done twice.',
      );
    const parameters = [name, commander.tenants, run.current, run.next];
    const [count] = await this.house.database.query<{ matched: number }[]>(which === 'paired' ? COUNT_PAIRED : COUNT_ALONE, parameters);
    const matched = count?.matched ?? 0;
    if (dryRun) return { matched, settled: 0, refused: {}, remaining: matched };
    // One after the other, over all processes: of two shadows that are each other's counterpart only one may be released.
    return this.house.database.transaction(async (sql) => {
      await sql.query(SERIALISE, [name]);
      const shadows = await sql.query<{ id: string }[]>(which === 'paired' ? PICK_PAIRED : PICK_ALONE, [...parameters, limit]);
      const refused: Record<string, number> = {};
      let settled = 0;
      for (const { id } of shadows) {
        const code = await this.settleOne(sql, commander, id, parameters, order);
        if (code === undefined) settled += 1;
        else refused[code] = (refused[code] ?? 0) + 1;
      }
      return { matched, settled, refused, remaining: Math.max(0, matched - settled) };
    });
  }

  /** @returns why it was not settled, or `undefined`. */
  private async settleOne(
    sql: Sql,
    commander: Commander,
    id: string,
    parameters: readonly unknown[],
    { which, end, reason }: SettleOrder,
  ): Promise<string | undefined> {
    const [still] = await sql.query<{ id: string }[]>(which === 'paired' ? STILL_PAIRED : STILL_ALONE, [...parameters, id]);
    if (still === undefined) return 'changed-meanwhile';
    try {
      if (end === 'discard') await this.applications.cancel(commander, id, { reason });
      else await this.applications.reroute(commander, id, { reason });
      return undefined;
    } catch (error) {
      if (error instanceof ProblemError) return error.code;
      throw error;
    }
  }

  private async putInCharge({ actor }: Commander, { name, current }: ParallelRun, to: string, reason: string): Promise<void> {
    await this.unitOfWork.run(async (work) => {
      const now = work.house.clock.now();
      const changed = await returning(work.sql, SWITCH, [name, to, now, actor, reason, current]);
      if (changed.length === 0) throw new ProblemError(409, 'already-in-charge', `${to} is in charge already.`);
      const data = { run: name, to, reason };
      work.note({ tenant: WHOLE_HOUSE, applicationId: null, stepId: null, actor, event: 'parallel-run.switched', data });
    });
  }

  /** @throws ProblemError 404, 403 */
  private own(name: string, { tenants }: Commander): ParallelRun {
    const run = this.queries.find(name, tenants);
    const { config } = this.house.loaded;
    if (!isOwn([...tenantsOfEndpoint(run.current, config), ...tenantsOfEndpoint(run.next, config)], tenants))
      throw new ProblemError(403, 'serves-others', 'This run also carries applications of municipalities that are not yours.');
    return run;
  }
}

/** Writes nothing when the endpoint is in charge already; without a row the current one is. */
const SWITCH = `
  INSERT INTO parallel_run AS run (name, live, changed_at, actor, reason)
  SELECT $1, $2, $3, $4, $5 WHERE $2 <> $6 OR EXISTS (SELECT 1 FROM parallel_run WHERE name = $1)
  ON CONFLICT (name) DO UPDATE SET live = excluded.live, changed_at = excluded.changed_at, actor = excluded.actor, reason = excluded.reason
    WHERE run.live <> excluded.live
  RETURNING name`;

/** Held until the transaction ends. */
const SERIALISE = "SELECT pg_advisory_xact_lock(hashtextextended('parallel-run:' || $1, 0))";

const SHADOWS_OF = `
  SELECT document FROM application
  WHERE parallel_run = $1 AND endpoint = $2 AND progress = 'shadow' AND ($4::text[] IS NULL OR tenant = ANY($4)) ORDER BY received_at DESC LIMIT $3`;

const count = (condition: string): string => `WITH ${PAIRED} SELECT count(*)::int AS matched FROM paired WHERE ${condition}`;
const pick = (condition: string): string => `WITH ${PAIRED} SELECT id FROM paired WHERE ${condition} ORDER BY received_at, id LIMIT $5`;
const still = (condition: string): string => `WITH ${PAIRED} SELECT id FROM paired WHERE ${condition} AND id = $5`;

const [COUNT_PAIRED, PICK_PAIRED, STILL_PAIRED] = [count(SHADOW_PAIRED), pick(SHADOW_PAIRED), still(SHADOW_PAIRED)];
const [COUNT_ALONE, PICK_ALONE, STILL_ALONE] = [count(SHADOW_ALONE), pick(SHADOW_ALONE), still(SHADOW_ALONE)];
