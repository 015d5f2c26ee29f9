// SPDX-License-Identifier: EUPL-1.2
import { APPLICATION_TRANSITIONS, type ApplicationState, mayMove, type Progress, type StepState } from '@amtsbote/canonical';
import { crashPoint } from '@amtsbote/platform';
import { type LaufzettelSituation, prepared } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { RouteConfig } from '../config/route-config.js';
import type { StateChange } from '../house/changes.js';
import type { Work } from '../house/unit-of-work.js';
import type { PlannedStep } from '../routing/laufzettel.js';
import { statusStep } from '../routing/planner.js';
import { citizenState, progressOf, type Situation } from './citizen-state.js';

/** An application's row, locked for the running transaction: writers of one application come one after the other. */
export interface LockedApplication {
  readonly id: string;
  readonly tenant: string;
  readonly reference: string;
  readonly route: string | null;
  readonly reportTo: string | null;
  readonly completesBy: 'decision' | 'steps';
  readonly state: ApplicationState;
  readonly stateSequence: number;
  readonly progress: Progress;
}

/** The only writer of an application's state (law 7). Always called inside the transaction of the change that may move it. */
@Injectable()
export class StatusKeeper {
  /** Locks the application for this transaction. @param tenants whose it may be; `null` = anybody's. @returns `undefined` for an unknown id. */
  async lock(work: Work, applicationId: string, tenants: readonly string[] | null): Promise<LockedApplication | undefined> {
    const [row] = await work.sql.query<LockedApplication[]>(LOCK, [applicationId, tenants]);
    return row;
  }

  /**
   * Looks at steps, payment and decision, moves the state when they say so, and plans the report to the portal.
   * @returns the report's step, still waiting, when there is one to add to the Laufzettel.
   */
  review(
    work: Work,
    application: LockedApplication,
    read: Pick<LaufzettelSituation, 'steps' | 'payments' | 'decisions'>,
    cause: string,
    news?: { decisionId: string },
  ): PlannedStep | undefined {
    if (application.progress === 'cancelled') return undefined;
    const situation = situationIn(application, read);
    const wanted = citizenState(situation);
    const changes = wanted !== application.state && mayMove(APPLICATION_TRANSITIONS, application.state, wanted);
    // A second decision (a correction) leaves the state, but the citizen has to hear of it.
    const moves = changes || news !== undefined;
    const state = changes ? wanted : application.state;
    if (moves) crashPoint('status.moving');
    const report = moves ? this.move(work, application, state, cause, read.decisions[0]?.id) : undefined;
    const progress = report === undefined ? progressOf(situation, false) : openProgress(progressOf(situation, false));
    if (moves || progress !== application.progress)
      setState(work, application, { state, sequence: application.stateSequence + (moves ? 1 : 0), progress });
    if (progress === 'finished' && application.progress !== 'finished') this.finish(work, application, cause);
    return report;
  }

  /** Takes an application out of the flow for good. */
  cancel(work: Work, application: LockedApplication): void {
    setState(work, application, { state: application.state, sequence: application.stateSequence, progress: 'cancelled' });
  }

  /**
   * Puts an application on a route. Where a portal hears of it for the first time, it begins with the state of now.
   * @returns the application as it is now, and that first report, still waiting.
   */
  async assignRoute(
    work: Work,
    application: LockedApplication,
    route: Pick<RouteConfig, 'name' | 'reportTo' | 'completesBy'>,
  ): Promise<{ application: LockedApplication; report: PlannedStep | undefined }> {
    const reportTo = route.reportTo ?? null;
    const begins = application.reportTo === null && reportTo !== null;
    const stateSequence = application.stateSequence + (begins ? 1 : 0);
    const { id, tenant, state } = application;
    await work.sql.query(ASSIGN, [id, tenant, route.name, reportTo, route.completesBy, stateSequence, work.house.clock.now()]);
    const rerouted = { ...application, route: route.name, reportTo, completesBy: route.completesBy, stateSequence };
    if (!begins) return { application: rerouted, report: undefined };
    const report = statusStep(work.house.ids, { sequence: stateSequence, state, changedAt: work.house.clock.now(), reportTo });
    // Earlier changes were reported to nobody: there is no step to wait for.
    return { application: rerouted, report: { ...report, after: [] } };
  }

  private move(
    work: Work,
    application: LockedApplication,
    to: ApplicationState,
    cause: string,
    decisionId: string | undefined,
  ): PlannedStep | undefined {
    const { id: applicationId, tenant, state: from } = application;
    work.publish({
      type: 'application.stateChanged.v1',
      subject: applicationId,
      tenant,
      causation: cause,
      data: { applicationId, from, to },
    });
    work.note({ tenant, applicationId, stepId: null, actor: cause, event: 'application.state-changed', data: { from, to } });
    if (application.reportTo === null) return undefined;
    return statusStep(work.house.ids, {
      sequence: application.stateSequence + 1,
      state: to,
      changedAt: work.house.clock.now(),
      reportTo: application.reportTo,
      ...(decisionId === undefined ? {} : { decisionId }),
    });
  }

  private finish(work: Work, application: LockedApplication, cause: string): void {
    const { id: applicationId, tenant } = application;
    work.publish({ type: 'application.finished.v1', subject: applicationId, tenant, causation: cause, data: { applicationId } });
    work.note({ tenant, applicationId, stepId: null, actor: cause, event: 'application.finished', data: {} });
  }
}

function setState(work: Work, { id, tenant }: LockedApplication, to: Pick<StateChange, 'state' | 'sequence' | 'progress'>): void {
  work.states.set(id, { id, tenant, ...to });
}

/** The facts the citizen's state depends on. */
function situationIn(
  application: LockedApplication,
  { steps, payments, decisions }: Pick<LaufzettelSituation, 'steps' | 'payments' | 'decisions'>,
): Situation {
  // While we ask the provider, or cannot reach it, the citizen still has to pay.
  const followed = new Set(steps.filter(({ state }) => FOLLOWED.includes(state)).map(({ id }) => id));
  return {
    completesBy: application.completesBy,
    routed: application.route !== null,
    decided: decisions.length > 0,
    paymentOpen: payments.some(({ stepId, state, payUrl }) => state !== 'paid' && payUrl !== null && followed.has(stepId)),
    // What rerouting took out of the plan no longer counts for anything.
    steps: steps
      .filter(({ state }) => state !== 'cancelled')
      .map(({ kind, state, options }) => ({ kind, state, forDecision: options.decisionId !== undefined })),
  };
}

/** With a report still to be sent nothing is finished. */
function openProgress(progress: Progress): Progress {
  return progress === 'finished' ? 'flowing' : progress;
}

/** States of a payment step whose payment is still waited for. */
const FOLLOWED: readonly StepState[] = ['awaiting', 'running', 'due', 'retrying', 'inDoubt'];

/** Columns of a {@link LockedApplication}. */
export const LOCKED =
  'id, tenant, reference, route, report_to AS "reportTo", completes_by AS "completesBy", state, state_sequence AS "stateSequence", progress';

const LOCK = prepared(`
  SELECT ${LOCKED}
  FROM application WHERE id = $1 AND ($2::text[] IS NULL OR tenant = ANY($2)) FOR UPDATE`);

const ASSIGN =
  'UPDATE application SET route = $3, report_to = $4, completes_by = $5, state_sequence = $6, changed_at = $7 WHERE id = $1 AND tenant = $2';
