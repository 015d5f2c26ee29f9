// SPDX-License-Identifier: EUPL-1.2
import type {
  ApplicationDetail,
  ApplicationPage,
  ApplicationSummary,
  BulkResult,
  Cancelled,
  DeadLetterView,
  InstanceView,
  LoginLink,
  MovedStep,
  ParkedGroup,
  ProbeView,
  QueueView,
  Redriven,
  Rerouted,
  Resumed,
  StepAction,
  StepView,
  Timeline,
} from '@amtsbote/ops-api';

import { CommandFailed, EXIT, type ExitCode } from './exit-codes.js';
import type { HubApi } from './hub-api.js';
import { renderDeadLetters, renderInstances, renderList, renderParked, renderProbes, renderQueues, renderTimeline } from './render.js';

/** What a command shows: data for scripts, text for people, and how it ends. */
export interface Shown {
  readonly data: unknown;
  readonly text: string;
  readonly code?: ExitCode;
}

/** The application meant by a reference, the sender's id or its own id. @throws CommandFailed */
export async function findApplication(api: HubApi, typed: string): Promise<ApplicationSummary> {
  const { items } = await api.get<ApplicationPage>('/ops/applications', { q: typed, limit: '2' });
  const [item, ...others] = items;
  if (item === undefined)
    throw new CommandFailed(
      EXIT.refused,
      `There is no application "${typed}". A slip in the reference? Its last character checks the others.`,
    );
  if (others.length > 0) throw new CommandFailed(EXIT.refused, `"${typed}" fits more than one application: use the reference.`);
  return item;
}

/** Id of the application meant. @throws CommandFailed */
export async function applicationIdOf(api: HubApi, typed: string): Promise<string> {
  return (await findApplication(api, typed)).id;
}

/** A step by its id, or by application and name; without a name the only one that allows the action. @throws CommandFailed */
async function findStep(api: HubApi, application: string, name: string | undefined, action: StepAction): Promise<StepView> {
  const { id, reference } = await findApplication(api, application);
  const { steps } = await api.get<ApplicationDetail>(`/ops/applications/${id}`);
  const fitting =
    name === undefined
      ? steps.filter(({ state, actions }) => state === 'parked' && actions.includes(action))
      : steps.filter((step) => step.name === name || step.id === name);
  const [step, ...others] = fitting;
  if (step !== undefined && others.length === 0) return step;
  const names = (others.length > 0 ? fitting : steps).map((candidate) => `${candidate.name} (${candidate.state})`).join(', ');
  throw new CommandFailed(EXIT.refused, `Which step of ${reference}? Name one of: ${names || 'none, it has no steps'}.`);
}

export async function list(api: HubApi, query: Readonly<Record<string, string | undefined>>): Promise<Shown> {
  const page = await api.get<ApplicationPage>('/ops/applications', query);
  const more = page.next === undefined ? '' : `\nThere are more: --cursor ${page.next}`;
  return { data: page, text: renderList(page.items) + more };
}

export async function show(api: HubApi, application: string): Promise<Shown> {
  const { id } = await findApplication(api, application);
  const timeline = await api.get<Timeline>(`/ops/applications/${id}/timeline`);
  return { data: timeline, text: renderTimeline(timeline) };
}

export async function retry(
  api: HubApi,
  application: string,
  step: string | undefined,
  order: { reason: string; force?: string },
): Promise<Shown> {
  const { id } = await findStep(api, application, step, 'retry');
  const moved = await api.post<MovedStep>(`/ops/steps/${id}/retry`, order);
  return { data: moved, text: `${moved.name}: ${moved.from} → ${moved.to}` };
}

export async function retryAll(api: HubApi, order: Readonly<Record<string, unknown>>): Promise<Shown> {
  const result = await api.post<BulkResult>('/ops/steps/retry', order);
  const { matched, retried, refused, remaining } = result;
  if (order['dryRun'] === true)
    return { data: result, text: `${matched} parked steps fit. Nothing was changed: leave out --dry-run to retry them.` };
  return { data: result, text: `${retried} of ${matched} parked steps retried, ${refused} refused, ${remaining} still to come.` };
}

export async function skip(api: HubApi, application: string, step: string | undefined, order: { reason: string }): Promise<Shown> {
  const { id } = await findStep(api, application, step, 'skip');
  const moved = await api.post<MovedStep>(`/ops/steps/${id}/skip`, order);
  return { data: moved, text: `${moved.name}: ${moved.from} → ${moved.to}` };
}

export async function reroute(
  api: HubApi,
  application: string,
  order: { reason: string; route?: string; dryRun?: boolean },
): Promise<Shown> {
  const { id, reference } = await findApplication(api, application);
  const plan = await api.post<Rerouted>(`/ops/applications/${id}/reroute`, order);
  const names = (all: readonly string[]): string => (all.length === 0 ? '–' : all.join(', '));
  const verb = order.dryRun === true ? 'would go' : 'goes';
  const text = `${reference} ${verb} by ${plan.route}. Kept: ${names(plan.kept)}. Cancelled: ${names(plan.cancelled)}. New: ${names(plan.added)}.`;
  return { data: plan, text };
}

export async function cancel(api: HubApi, application: string, order: { reason: string }): Promise<Shown> {
  const { id, reference } = await findApplication(api, application);
  const result = await api.post<Cancelled>(`/ops/applications/${id}/cancel`, order);
  const payments = result.openPayments > 0 ? ' A payment is still open at the provider: the citizen could pay it.' : '';
  return { data: result, text: `${reference} is cancelled (${result.cancelled.length} open steps).${payments}` };
}

export async function pause(api: HubApi, instance: string, order: { reason: string }): Promise<Shown> {
  const result = await api.post(`/ops/instances/${encodeURIComponent(instance)}/pause`, order);
  return { data: result, text: `${instance} is paused. Its steps wait.` };
}

export async function resume(api: HubApi, instance: string, order: { reason: string }): Promise<Shown> {
  const result = await api.post<Resumed>(`/ops/instances/${encodeURIComponent(instance)}/resume`, order);
  return { data: result, text: `${instance} goes on, ${result.retried} steps parked as misconfigured are retried.` };
}

export async function probe(api: HubApi, names: readonly string[]): Promise<Shown> {
  const { probes } = await api.post<{ probes: ProbeView[] }>('/ops/probes', names.length === 0 ? {} : { names });
  if (probes.length === 0) throw new CommandFailed(EXIT.refused, 'There is no instance or endpoint of this name.');
  return { data: probes, text: renderProbes(probes), code: probes.every(({ ok }) => ok) ? EXIT.ok : EXIT.unhealthy };
}

export async function instances(api: HubApi, now: Date): Promise<Shown> {
  const answer = await api.get<{ instances: InstanceView[] }>('/ops/instances');
  return { data: answer.instances, text: renderInstances(answer.instances, now) };
}

export async function queues(api: HubApi, now: Date): Promise<Shown> {
  const answer = await api.get<{ queues: QueueView[] }>('/ops/queues');
  return { data: answer.queues, text: renderQueues(answer.queues, now) };
}

export async function parked(api: HubApi, now: Date): Promise<Shown> {
  const answer = await api.get<{ groups: ParkedGroup[] }>('/ops/parked');
  return { data: answer.groups, text: renderParked(answer.groups, now) };
}

export async function deadLetters(api: HubApi, redrive: { reason: string } | undefined): Promise<Shown> {
  if (redrive !== undefined) {
    const result = await api.post<Redriven>('/ops/dead-letters/redrive', redrive);
    return { data: result, text: `${result.redriven} messages are back in the queue.` };
  }
  const answer = await api.get<{ deadLetters: DeadLetterView[] }>('/ops/dead-letters');
  return { data: answer.deadLetters, text: renderDeadLetters(answer.deadLetters) };
}

export async function loginLink(api: HubApi): Promise<Shown> {
  const link = await api.post<LoginLink>('/ops/login-links');
  return { data: link, text: `${link.url}\nWorks once, until ${link.expiresAt}.` };
}
