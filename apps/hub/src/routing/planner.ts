// SPDX-License-Identifier: EUPL-1.2
import type { Application, ApplicationState, Ids, StepKind } from '@amtsbote/canonical';
import type { StepOptions } from '@amtsbote/store';

import type { HubConfig } from '../config/hub-config.js';
import type { RouteConfig, RouteStepConfig } from '../config/route-config.js';
import { ruleOf } from './aktenplan.js';
import type { PlannedStep } from './laufzettel.js';

/** Name of the step that collects linked attachments; everything else waits for it. */
export const COLLECT = 'collect';
/** Instance name of steps that the hub does by itself. */
export const HUB_INSTANCE = 'hub';

/** What planning needs besides route and application. */
export interface Planning {
  readonly ids: Ids;
  readonly queues: Readonly<Record<string, Pick<HubConfig['queues'][string], 'testSubmissions'>>>;
  readonly aktenplan: HubConfig['aktenplan'];
}

/** Turns a route into the Laufzettel of one application: rows, all waiting, positions in reading order. */
export function planSteps(route: RouteConfig, application: Application, { ids, queues, aktenplan }: Planning): PlannedStep[] {
  const isRefused = (queue: string): boolean => application.test && queues[queue]?.testSubmissions !== true;
  const collects = application.attachments.some(({ state }) => state === 'linked');
  const collect = collects ? [waiting(ids, 0, { name: COLLECT, kind: 'collect', instance: HUB_INSTANCE, after: [] })] : [];
  const first = collects ? [COLLECT] : [];
  return [
    ...collect,
    ...route.steps.map((step, index) => waiting(ids, index + 1, routed(step, first, optionsOf(step, route, aktenplan, isRefused)))),
  ];
}

/** What a later change of the configuration shall not touch. */
function optionsOf(
  step: RouteStepConfig,
  { payment }: RouteConfig,
  aktenplan: Planning['aktenplan'],
  isRefused: (queue: string) => boolean,
): StepOptions {
  if (step.kind === 'payment') return { payment };
  if (step.kind === 'filing') {
    const rule = step.rule === undefined ? undefined : aktenplan[step.rule];
    return {
      ...(step.rule === undefined || rule === undefined ? {} : { rule: ruleOf(step.rule, rule) }),
      ...(step.joins ? { joins: true } : {}),
    };
  }
  if (step.kind !== 'pickup') return {};
  return isRefused(step.queue) ? { pickup: true, testRefused: true } : { pickup: true };
}

function routed(
  step: RouteStepConfig,
  first: readonly string[],
  options: StepOptions,
): Omit<PlannedStep, 'id' | 'position' | 'state' | 'condition'> & { condition?: string } {
  const common = {
    name: step.name,
    options,
    after: [...first, ...step.after],
    ...(step.when === undefined ? {} : { condition: step.when }),
  };
  return step.kind === 'pickup'
    ? { ...common, kind: 'export', instance: step.queue }
    : { ...common, kind: step.kind, instance: step.instance };
}

/** The step that reports one citizen-visible change; reports of one application go out one after the other. */
export function statusStep(
  ids: Ids,
  report: { sequence: number; state: ApplicationState; changedAt: Date; reportTo: string; decisionId?: string },
): PlannedStep {
  return waiting(ids, 1_000 + report.sequence, {
    name: `status-${report.sequence}`,
    kind: 'status',
    instance: report.reportTo,
    after: report.sequence > 1 ? [`status-${report.sequence - 1}`] : [],
    options: {
      status: { state: report.state, sequence: report.sequence, changedAt: report.changedAt.toISOString() },
      ...(report.decisionId === undefined ? {} : { decisionId: report.decisionId }),
    },
  });
}

/** The step that files a decision where the application was filed: by the rule of that time. */
export function decisionFilingStep(
  ids: Ids,
  filing: { number: number; instance: string; after: string; decisionId: string; of?: StepOptions },
): PlannedStep {
  return waiting(ids, 500 + filing.number, {
    name: `file-decision-${filing.number}`,
    kind: 'filing',
    instance: filing.instance,
    after: [filing.after],
    options: { decisionId: filing.decisionId, ...placeIn(filing.of ?? {}) },
  });
}

/**
 * The steps that bring the summaries of an application up to date where they may have been filed before something settled. What has not begun
 * yet reads the present; whoever has begun may have read what was.
 */
export function refreshSteps(ids: Ids, steps: readonly FiledStep[]): PlannedStep[] {
  const filings = steps.filter(
    ({ kind, options }) => kind === 'filing' && options.decisionId === undefined && options.refreshes === undefined,
  );
  const earlier = steps.filter(({ options }) => options.refreshes !== undefined).length;
  const mayBeOld = filings.filter(({ state }) => !['waiting', 'skipped', 'cancelled'].includes(state));
  return mayBeOld.map(({ id, name, instance, options }, index) =>
    waiting(ids, 400 + earlier + index + 1, {
      ...{ name: `refresh-filing-${earlier + index + 1}`, kind: 'filing', instance, after: [name] },
      options: { refreshes: id, ...placeIn(options) },
    }),
  );
}
/** What later filings of an application take over from the first: they go where it went. */
function placeIn({ rule, joins }: StepOptions): StepOptions {
  return { ...(rule === undefined ? {} : { rule }), ...(joins === undefined ? {} : { joins }) };
}
type FiledStep = Pick<PlannedStep, 'id' | 'name' | 'kind' | 'instance' | 'state' | 'options'>;

function waiting(
  ids: Ids,
  position: number,
  step: { name: string; kind: StepKind; instance: string; after: readonly string[]; options?: StepOptions; condition?: string },
): PlannedStep {
  return { id: ids.uuid(), position, options: {}, condition: null, ...step, state: 'waiting' };
}
