// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue, StepState } from '@amtsbote/canonical';
import type { MovedStep } from '@amtsbote/ops-api';
import { returning, StepRow } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { ProblemError } from '../http/problem.js';
import { type LockedApplication, StatusKeeper } from '../status/status-keeper.js';
import { type Force, type Refusal, retryMove, skipRefusal } from './command-rules.js';
import { LaufzettelProgress, offer, requestStep, withdraw } from './progress.js';

/** Who gives a command, and whose applications that person may touch. */
export interface Commander {
  /** For the journal: `admin:<name>`. */
  readonly actor: string;
  /** `null` = all tenants. */
  readonly tenants: readonly string[] | null;
}

/** A person's words for the journal. */
export interface Reasoned {
  /** Why, in a person's words; no personal data. */
  readonly reason: string;
}

/** How a retry is meant. */
export interface RetryOrder extends Reasoned {
  readonly force?: Force | undefined;
  /** Names the bulk command this retry is part of. */
  readonly bulk?: string;
  /** Looks at the locked step and writes with it; what it throws undoes the retry. */
  readonly within?: (work: Work, step: StepRow) => Promise<void>;
}

/** What people do with single steps; each command is one transaction with its journal entry (laws 2 and 7). */
@Injectable()
export class StepCommands {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly laufzettel: LaufzettelProgress,
  ) {}

  /** Tries a step again; after an unknown outcome the target is asked first, unless a person knows better. @throws ProblemError 404, 409 */
  async retry(commander: Commander, stepId: string, order: RetryOrder): Promise<MovedStep> {
    return this.onStep(commander, stepId, async (work, application, step) => {
      const move = allowed(step, retryMove(step, order.force));
      await order.within?.(work, step);
      const forgotten = move.forgetsStarted ? await this.forgetStarted(work, step) : [];
      const now = work.house.clock.now();
      const receipt = move.to === 'done' ? { confirmedBy: commander.actor, confirmedAt: now.toISOString() } : null;
      const asks = move.to === 'due' || move.to === 'inDoubt' || (move.to === 'awaiting' && !move.offers);
      await this.write(work, step, { state: move.to, dueAt: asks ? now : null, receipt });
      this.note(work, commander, step, 'step.retried', {
        to: move.to,
        reason: order.reason,
        ...(order.force === undefined ? {} : { force: order.force }),
        ...(forgotten.length === 0 ? {} : { forgotten }),
        ...(order.bulk === undefined ? {} : { bulk: order.bulk }),
      });
      if (move.offers) await offer(work, step);
      else if (asks) requestStep(work, step, commander.actor);
      else if (step.options.pickup === true) await withdraw(work, step);
      await this.laufzettel.advance(work, application, commander.actor);
      return moved(step, move.to);
    });
  }

  /** Goes on without a step. @throws ProblemError 404, 409 */
  async skip(commander: Commander, stepId: string, { reason }: Reasoned): Promise<MovedStep> {
    return this.onStep(commander, stepId, async (work, application, step) => {
      const refusal = skipRefusal(step);
      if (refusal !== undefined) throw refused(step, refusal);
      await this.write(work, step, { state: 'skipped', dueAt: null, receipt: { skippedBy: commander.actor } });
      this.note(work, commander, step, 'step.skipped', { by: 'person', reason });
      if (step.options.pickup === true) await withdraw(work, step);
      await this.laufzettel.advance(work, application, commander.actor);
      return moved(step, 'skipped');
    });
  }

  private async onStep(
    commander: Commander,
    stepId: string,
    act: (work: Work, application: LockedApplication, step: StepRow) => Promise<MovedStep>,
  ): Promise<MovedStep> {
    return this.unitOfWork.run(async (work) => {
      const [owner] = await work.sql.query<{ applicationId: string }[]>(OWNER, [stepId, commander.tenants]);
      const application = owner === undefined ? undefined : await this.status.lock(work, owner.applicationId, commander.tenants);
      if (application === undefined) throw new ProblemError(404, 'unknown-step', 'There is no such step.');
      // The application first, then the step: the order in which attempts end, so that nobody waits in a circle.
      const step = await work.sql
        .createQueryBuilder(StepRow, 'step')
        .setLock('pessimistic_write')
        .where('step.id = :stepId AND step.tenant = :tenant', { stepId, tenant: application.tenant })
        .getOneOrFail();
      if (application.progress === 'cancelled')
        throw new ProblemError(409, 'application-cancelled', 'The application is cancelled; its steps have ended.');
      return act(work, application, step);
    });
  }

  private async write(
    work: Work,
    { id, tenant }: StepRow,
    to: { state: StepState; dueAt: Date | null; receipt: JsonValue },
  ): Promise<void> {
    const receipt = to.receipt === null ? null : JSON.stringify(to.receipt);
    await work.sql.query(WRITE, [id, tenant, to.state, to.dueAt, receipt, work.house.clock.now()]);
  }

  /** @returns names of the effects that will be done again. */
  private async forgetStarted(work: Work, { id, tenant }: StepRow): Promise<string[]> {
    const rows = await returning<{ name: string }>(work.sql, FORGET, [id, tenant]);
    return rows.map(({ name }) => name);
  }

  private note(work: Work, { actor }: Commander, step: StepRow, event: string, data: Readonly<Record<string, JsonValue>>): void {
    const { id: stepId, tenant, applicationId, name, state, failure } = step;
    work.note({ tenant, applicationId, stepId, actor, event, data: { name, from: state, code: failure?.code ?? null, ...data } });
  }
}

function moved({ id: stepId, name, state: from }: StepRow, to: StepState): MovedStep {
  return { stepId, name, from, to };
}

function allowed<Move extends object>(step: StepRow, move: Move | Refusal): Move {
  if ('refused' in move) throw refused(step, move);
  return move;
}

function refused(step: StepRow, refusal: Refusal): ProblemError {
  return new ProblemError(409, refusal.refused, refusal.detail, { step: step.name, state: step.state });
}

const OWNER = 'SELECT application_id AS "applicationId" FROM step WHERE id = $1 AND ($2::text[] IS NULL OR tenant = ANY($2))';

/** A new chance: the row of failures begins anew. */
const WRITE = `
  UPDATE step SET state = $3, due_at = $4, receipt = coalesce($5::jsonb, receipt), failures = 0, unexpected = 0, failing_since = NULL, failure = NULL, changed_at = $6
  WHERE id = $1 AND tenant = $2`;

const FORGET = "DELETE FROM effect WHERE step_id = $1 AND tenant = $2 AND state = 'started' RETURNING name";
