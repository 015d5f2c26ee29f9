// SPDX-License-Identifier: EUPL-1.2
import { appendJournal, returning, type Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';
import type { Commander } from '../../delivery/step-commands.js';
import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { isOwn, isVisible } from '../../ops/reach.js';
import { requireKept } from '../history/kept-versions.js';
import { dropTables } from './applying.js';
import type { BroughtDocument, Run } from './run.js';
import { RunStore } from './run-store.js';

/** What people may do with sources and runs; everything is in the journal under their name. */
@Injectable()
export class RunCommands {
  constructor(
    private readonly house: House,
    private readonly runs: RunStore,
  ) {}

  /** Reads the source. A source that was paused by a rollback goes on. @throws ProblemError 404, 403, 409 `run-open` */
  async sync(
    commander: Commander,
    source: string,
    { isDryRun = false, isFull = false }: { isDryRun?: boolean; isFull?: boolean } = {},
  ): Promise<Run> {
    const config = this.own(commander, source);
    return this.act(commander, 'catalogue.sync-requested', config, async (sql) => {
      await this.refuseSecond(sql, source);
      return this.runs.request({ source, kind: 'sync', actor: commander.actor, isDryRun, isFull }, sql);
    });
  }

  /** Takes a document in that somebody brought; documents wait for each other in their order. @throws ProblemError 404, 403 */
  async bring(commander: Commander, source: string, upload: BroughtDocument, isDryRun = false): Promise<Run> {
    const config = this.own(commander, source);
    return this.act(commander, 'catalogue.document-brought', config, (sql) =>
      this.runs.request({ source, kind: 'document', actor: commander.actor, upload, isDryRun }, sql),
    );
  }

  /** Brings the source back to what it was after a run. @throws ProblemError 404, 403, 409, 410 for a version that is no longer kept */
  async rollback(commander: Commander, id: number, isDryRun = false): Promise<Run> {
    const { source, sourceNo, version } = await this.visible(commander, id);
    const config = this.own(commander, source);
    if (version === null) throw new ProblemError(409, 'run-made-no-version', 'Only an applied run can be gone back to.');
    return this.act(commander, 'catalogue.rollback-requested', config, async (sql) => {
      await this.refuseSecond(sql, source);
      await requireKept(sql, version, [sourceNo]);
      return this.runs.request({ source, kind: 'rollback', actor: commander.actor, targetVersion: version, isDryRun }, sql);
    });
  }

  /** Lets a held run go on, whatever it breaks. @throws ProblemError 404, 403, 409 */
  async approve(commander: Commander, id: number): Promise<Run> {
    const config = this.own(commander, (await this.visible(commander, id)).source);
    return this.act(commander, 'catalogue.approved', config, (sql) =>
      this.change(sql, id, APPROVE, [id, commander.actor, this.house.clock.now()], 'only a held run can be approved'),
    );
  }

  /** Ends a held run; the catalogue stays as it is. @throws ProblemError 404, 403, 409 */
  async discard(commander: Commander, id: number): Promise<Run> {
    const config = this.own(commander, (await this.visible(commander, id)).source);
    return this.act(commander, 'catalogue.discarded', config, async (sql) => {
      await this.change(sql, id, DISCARD, [id, this.house.clock.now()], 'only a held run can be discarded');
      await dropTables(sql, { id });
      return id;
    });
  }

  /** Ends a run that has not been applied yet; one that a worker has in hand ends within a third of its lease. @throws ProblemError 404, 403, 409 */
  async cancel(commander: Commander, id: number): Promise<Run> {
    const config = this.own(commander, (await this.visible(commander, id)).source);
    return this.act(commander, 'catalogue.cancelled', config, (sql) =>
      this.change(sql, id, CANCEL, [id, this.house.clock.now()], 'the run is over'),
    );
  }

  /** @throws ProblemError 404, also for sources of other tenants */
  async visible({ tenants }: Pick<Commander, 'tenants'>, id: number): Promise<Run> {
    const run = await this.runs.find(id);
    const config = run === undefined ? undefined : this.house.loaded.config.catalogue.sources[run.source];
    if (run === undefined || !isVisible(config?.tenants ?? [], tenants))
      throw new ProblemError(404, 'unknown-run', 'There is no such run.');
    return run;
  }

  /** The source, if the commander may change it. @throws ProblemError 404, 403 */
  own({ tenants }: Commander, source: string): CatalogueSourceConfig {
    const { sources } = this.house.loaded.config.catalogue;
    const config = Object.hasOwn(sources, source) ? sources[source] : undefined;
    if (config === undefined || !isVisible(config.tenants, tenants))
      throw new ProblemError(404, 'unknown-source', 'There is no such catalogue source.');
    if (!isOwn(config.tenants, tenants))
      throw new ProblemError(403, 'source-shared', 'The source serves other municipalities too: only their common admin may change it.');
    return config;
  }

  private async refuseSecond(sql: EntityManager, source: string): Promise<void> {
    // Two who ask at the same moment: the row of the source decides.
    await this.runs.sourceOf(source, sql);
    await sql.query('SELECT 1 FROM catalogue_source WHERE name = $1 FOR UPDATE', [source]);
    const [open] = await sql.query<{ id: number; state: string }[]>(OPEN, [source]);
    if (open === undefined) return;
    throw new ProblemError(409, 'run-open', `Run ${open.id} of this source is ${open.state}: wait for it, decide on it or cancel it.`, {
      run: open.id,
    });
  }

  private async change(sql: Sql, id: number, query: string, parameters: unknown[], otherwise: string): Promise<number> {
    const rows = await returning<unknown>(sql, query, parameters);
    if (rows.length === 0) throw new ProblemError(409, 'wrong-state', `The run cannot be changed like that: ${otherwise}.`);
    return id;
  }

  private async act(
    commander: Commander,
    event: string,
    { tenants }: CatalogueSourceConfig,
    act: (sql: EntityManager) => Promise<number>,
  ): Promise<Run> {
    return this.house.database.transaction(async (sql) => {
      const id = await act(sql);
      const at = this.house.clock.now();
      await appendJournal(
        sql,
        tenants.map((tenant) => ({ tenant, applicationId: null, stepId: null, at, actor: commander.actor, event, data: { run: id } })),
      );
      const run = await this.runs.find(id, sql);
      if (run === undefined) throw new Error('the run is gone');
      return run;
    });
  }
}

const OPEN = `
  SELECT id, state FROM catalogue_run WHERE source = $1 AND kind <> 'document' AND state IN ('requested', 'reading', 'comparing', 'held', 'applying')
  ORDER BY id LIMIT 1`;

const APPROVE = `
  UPDATE catalogue_run SET state = 'applying', approved_by = $2, due_at = $3, lease_owner = NULL, lease_until = NULL, hold = NULL
  WHERE id = $1 AND state = 'held' RETURNING id`;

const DISCARD = "UPDATE catalogue_run SET state = 'discarded', finished_at = $2 WHERE id = $1 AND state = 'held' RETURNING id";

/** What nobody has in hand ends at once; else its owner is told. */
const CANCEL = `
  UPDATE catalogue_run SET cancel_requested = true,
    state = CASE WHEN lease_owner IS NULL THEN 'cancelled' ELSE state END, finished_at = CASE WHEN lease_owner IS NULL THEN $2 ELSE finished_at END
  WHERE id = $1 AND state IN ('requested', 'reading', 'comparing', 'held', 'applying') RETURNING id`;
