// SPDX-License-Identifier: EUPL-1.2
import type { Application, ApplicationState, Progress } from '@amtsbote/canonical';

import type { RouteConfig } from '../config/route-config.js';
import { activate, type PlannedStep } from '../routing/laufzettel.js';
import { type Planning, planSteps, statusStep } from '../routing/planner.js';
import { stateAtReceipt } from '../status/citizen-state.js';

/** The state every application begins with. */
export const FIRST_STATE: ApplicationState = 'SUBMITTED';

/** What becomes of an application in the moment of its receipt. */
export interface FirstPlan {
  /** The Laufzettel, everything activated that may go on, reports to the portal included. */
  readonly steps: readonly PlannedStep[];
  /** Where it is then: mostly {@link FIRST_STATE}; where every step is skipped, it is over at once. */
  readonly state: ApplicationState;
  readonly progress: Progress;
  /** Changes of state that were counted for the portal. */
  readonly stateSequence: number;
}

/** Of an application that came in through the form system that is not in charge: it is kept, and goes nowhere. */
export const SHADOW_PLAN: FirstPlan = { steps: [], state: FIRST_STATE, progress: 'shadow', stateSequence: 0 };

/** Plans an application's way; without a route it waits for a person. Pure. */
export function firstPlan(route: RouteConfig | undefined, application: Application, planning: Planning): FirstPlan {
  const planned = route === undefined ? [] : activated(planSteps(route, application, planning), application);
  const completesBy = route?.completesBy ?? 'decision';
  const state = stateAtReceipt({ completesBy, routed: route !== undefined }, planned).state;
  const changes = state === FIRST_STATE ? [] : [state];
  const reportTo = route?.reportTo;
  const reports =
    reportTo === undefined
      ? []
      : [FIRST_STATE, ...changes].map((reported, index) =>
          statusStep(planning.ids, { sequence: index + 1, state: reported, changedAt: new Date(application.receivedAt), reportTo }),
        );
  const steps = [...planned, ...activated(reports, application)];
  const { progress } = stateAtReceipt({ completesBy, routed: route !== undefined }, steps);
  return { steps, state, progress, stateSequence: (reportTo === undefined ? 0 : 1) + changes.length };
}

function activated(steps: readonly PlannedStep[], application: Application): PlannedStep[] {
  const moves = new Map(activate(steps, application).map((move) => [move.step.id, move]));
  return steps.map((step) => {
    const move = moves.get(step.id);
    return move === undefined ? step : { ...step, state: move.to, failure: move.failure ?? null };
  });
}
