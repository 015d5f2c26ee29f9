// SPDX-License-Identifier: EUPL-1.2
import type { Application } from '@amtsbote/canonical';
import type { Cancelled, Rerouted } from '@amtsbote/ops-api';
import { stepsOf } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { ProblemError } from '../http/problem.js';
import { planSteps } from '../routing/planner.js';
import { Routes } from '../routing/routes.js';
import { type LockedApplication, StatusKeeper } from '../status/status-keeper.js';
import { planReroute, type Reroute } from './command-rules.js';
import { LaufzettelProgress, OPEN_STATES, plantSteps, withdraw } from './progress.js';
import type { Commander, Reasoned } from './step-commands.js';

type Step = Awaited<ReturnType<typeof stepsOf>>[number];

/** Where an application shall go. */
export interface RerouteOrder extends Reasoned {
  /** Name of a route; absent = the first one that matches now. */
  readonly route?: string | undefined;
  /** Only says what would happen. */
  readonly dryRun?: boolean;
}

/** What people do with whole applications; each command is one transaction with its journal entry (laws 2 and 7). */
@Injectable()
export class ApplicationCommands {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly status: StatusKeeper,
    private readonly routes: Routes,
    private readonly laufzettel: LaufzettelProgress,
  ) {}

  /**
   * Gives an application another plan; what is done stays done.
   * @throws ProblemError 404; 409 when it is over, no route fits, or money would be demanded a second time; 422 for an unknown route.
   */
  async reroute(commander: Commander, applicationId: string, order: RerouteOrder): Promise<Rerouted> {
    return this.unitOfWork.run(async (work) => {
      const { application, steps } = await this.open(work, commander, applicationId);
      const document = await documentOf(work, application);
      const route = this.routeFor(application, document, order.route);
      const { ids, loaded } = work.house;
      const plan = planReroute(steps, planSteps(route, document, { ids, ...loaded.config }));
      await this.refuseSecondPayment(work, application, plan);
      const answer = answerOf(route.name, plan);
      if (order.dryRun === true) return answer;
      await this.apply(work, application, plan);
      const { application: rerouted, report } = await this.status.assignRoute(work, application, route);
      if (report !== undefined) await plantSteps(work, rerouted, [report]);
      const { tenant } = application;
      const { actor } = commander;
      const { kept, cancelled, added } = answer;
      work.note({
        tenant,
        applicationId,
        stepId: null,
        actor,
        event: 'application.rerouted',
        data: {
          from: application.route,
          to: route.name,
          reason: order.reason,
          kept: [...kept],
          cancelled: [...cancelled],
          added: [...added],
        },
      });
      await this.laufzettel.advance(work, rerouted, actor);
      return answer;
    });
  }

  /** Takes an application out of the flow for good. @throws ProblemError 404; 409 when it is over or a step is just running. */
  async cancel(commander: Commander, applicationId: string, { reason }: Reasoned): Promise<Cancelled> {
    return this.unitOfWork.run(async (work) => {
      const { application, steps } = await this.open(work, commander, applicationId);
      const running = steps.find(({ state }) => state === 'running');
      if (running !== undefined)
        throw new ProblemError(409, 'step-running', 'A step is just running: wait until the attempt has ended.', { step: running.name });
      const open = steps.filter(({ state }) => OPEN_STATES.includes(state));
      await this.end(work, open);
      this.status.cancel(work, application);
      const [count] = await work.sql.query<{ payments: number }[]>(OPEN_PAYMENTS, [application.id, application.tenant]);
      const answer = { cancelled: open.map(({ name }) => name), openPayments: count?.payments ?? 0 };
      const { tenant } = application;
      const { actor } = commander;
      work.note({ tenant, applicationId, stepId: null, actor, event: 'application.cancelled', data: { reason, ...answer } });
      return answer;
    });
  }

  /** Locks application and steps. @throws ProblemError 404, 409 */
  private async open(
    work: Work,
    { tenants }: Commander,
    applicationId: string,
  ): Promise<{ application: LockedApplication; steps: readonly Step[] }> {
    const application = await this.status.lock(work, applicationId, tenants);
    if (application === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    if (application.progress === 'cancelled' || application.progress === 'finished')
      throw new ProblemError(409, 'application-over', `The application is ${application.progress}.`, { progress: application.progress });
    const of = { applicationId, tenant: application.tenant };
    await work.sql.query(LOCK_STEPS, [of.applicationId, of.tenant]);
    return { application, steps: await stepsOf(work.sql, of) };
  }

  private routeFor(
    { tenant }: LockedApplication,
    document: Application,
    name: string | undefined,
  ): NonNullable<ReturnType<Routes['find']>> {
    if (name === undefined) {
      const match = this.routes.match(document);
      if (match === undefined)
        throw new ProblemError(409, 'no-route', 'No route matches this application. Name one, or change the routes.');
      return match;
    }
    const route = this.routes.find(name);
    if (route === undefined) throw new ProblemError(422, 'unknown-route', `There is no route "${name}".`);
    // A person may send an application where its data would not lead it, but never to another municipality's systems (law 11).
    if (!this.routes.serves(route, tenant))
      throw new ProblemError(409, 'route-of-another-tenant', `The route "${name}" does not serve the municipality of this application.`);
    return route;
  }

  /** A payment that the citizen has been asked for cannot be planned anew: it would be demanded twice. */
  private async refuseSecondPayment(work: Work, { id, tenant }: LockedApplication, { cancelled }: Reroute<Step>): Promise<void> {
    const payments = cancelled.filter(({ kind }) => kind === 'payment').map((step) => step.id);
    if (payments.length === 0) return;
    const rows = await work.sql.query<{ id: string }[]>(OPENED, [id, tenant, payments]);
    if (rows.length > 0)
      throw new ProblemError(
        409,
        'payment-under-way',
        'The citizen has been asked to pay by a step that the new route does not have. Settle the payment step first (confirm or skip it).',
      );
  }

  private async apply(work: Work, application: LockedApplication, plan: Reroute<Step>): Promise<void> {
    await this.end(work, plan.cancelled);
    const { tenant } = application;
    for (const { step, name } of plan.renamed) await work.sql.query(RENAME, [step.id, tenant, name]);
    for (const { step, planned } of plan.kept)
      await work.sql.query(REPLACE, [
        step.id,
        tenant,
        planned.position,
        planned.after,
        planned.condition,
        JSON.stringify(planned.options),
        OPEN_STATES,
      ]);
    await plantSteps(work, application, plan.added);
  }

  private async end(work: Work, steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await work.sql.query(CANCEL, [step.id, step.tenant, work.house.clock.now()]);
      if (step.options.pickup === true) await withdraw(work, step);
    }
  }
}

async function documentOf(work: Work, { id, tenant }: LockedApplication): Promise<Application> {
  const [row] = await work.sql.query<{ document: Application }[]>(DOCUMENT, [id, tenant]);
  if (row === undefined) throw new Error('a locked application is not there');
  return row.document;
}

function answerOf(route: string, { kept, cancelled, added }: Reroute<Step>): Rerouted {
  return {
    route,
    kept: kept.map(({ step }) => step.name),
    cancelled: cancelled.map(({ name }) => name),
    added: added.map(({ name }) => name),
  };
}

const DOCUMENT = 'SELECT document FROM application WHERE id = $1 AND tenant = $2';
const LOCK_STEPS = 'SELECT id FROM step WHERE application_id = $1 AND tenant = $2 ORDER BY id FOR UPDATE';
const CANCEL = "UPDATE step SET state = 'cancelled', due_at = NULL, changed_at = $3 WHERE id = $1 AND tenant = $2";
const RENAME = 'UPDATE step SET name = $3 WHERE id = $1 AND tenant = $2';
const REPLACE = `
  UPDATE step SET position = $3, after = $4, condition = $5, options = CASE WHEN state = ANY($7) THEN $6::jsonb ELSE options END
  WHERE id = $1 AND tenant = $2`;
const OPENED =
  'SELECT step_id AS id FROM payment WHERE application_id = $1 AND tenant = $2 AND step_id = ANY($3) AND transaction_id IS NOT NULL';
const OPEN_PAYMENTS = `
  SELECT count(*)::int AS payments FROM payment WHERE application_id = $1 AND tenant = $2 AND state <> 'paid' AND transaction_id IS NOT NULL`;
