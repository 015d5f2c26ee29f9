// SPDX-License-Identifier: EUPL-1.2

import type {
  ApplicationSummary,
  DeadLetterView,
  InstanceView,
  ParkedGroup,
  ProbeView,
  QueueView,
  Timeline,
  TimelineEntry,
} from '@amtsbote/ops-api';

/** Columns side by side, as wide as their widest cell; no trailing blanks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all.map((row) => line(row).trimEnd()).join('\n');
}

/** `3 min`, `2 h`, `5 d`: how long ago something was. */
export function age(moment: string | null, now: Date): string {
  if (moment === null) return '–';
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(moment)) / 1_000));
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

export function renderList(items: readonly ApplicationSummary[]): string {
  if (items.length === 0) return 'No application fits.';
  const rows = items.map(({ reference, receivedAt, progress, state, route, service }) => [
    reference,
    time(receivedAt),
    progress,
    state,
    route ?? '(none)',
    service,
  ]);
  return table(['REFERENCE', 'RECEIVED', 'PROGRESS', 'STATE', 'ROUTE', 'SERVICE'], rows);
}

/** One application: what it is, its Laufzettel, its story. */
export function renderTimeline({ application, related, entries }: Timeline): string {
  const { reference, service, id, tenant, submissionId, route, state, progress, receivedAt, steps } = application;
  const head = [
    `${reference}  ${service}`,
    `  application ${id}, submission ${submissionId}, tenant ${tenant}`,
    `  received ${time(receivedAt)}, route ${route ?? '(none)'}, ${progress}, citizen sees ${state}`,
  ];
  for (const { kind, direction, reference: other, id: known } of related) {
    const whose = direction === 'to' ? kind : `${other} says: ${kind}`;
    head.push(`  ${whose} ${direction === 'to' ? other : reference}${known === null ? ' (not here)' : ''}`);
  }
  const rows = steps.map((step) => [
    `  ${step.name}`,
    step.instance,
    step.state,
    String(step.attempts),
    step.failure === null ? '' : `${step.failure.code}: ${step.failure.message}`,
  ]);
  const laufzettel = steps.length === 0 ? '  no steps' : table(['  STEP', 'AT', 'STATE', 'ATTEMPTS', 'FAILURE'], rows);
  const story = table(
    ['  TIME', 'WHAT', 'STEP', 'WHO', 'DETAILS'],
    entries.map((entry) => [`  ${time(entry.at)}`, entry.event, entry.step ?? '', entry.actor ?? '', detailsOf(entry)]),
  );
  return [...head, '', laufzettel, '', story].join('\n');
}

export function renderInstances(instances: readonly InstanceView[], now: Date): string {
  const rows = instances.map((instance) => [
    instance.name,
    instance.paused ? `paused (${instance.pausedReason ?? ''})` : instance.breaker === 'closed' ? 'on' : `circuit ${instance.breaker}`,
    String(instance.due),
    String(instance.running),
    String(instance.awaiting),
    String(instance.parked),
    age(instance.oldestDueAt, now),
    restOf(instance),
    instance.target,
  ]);
  return table(['INSTANCE', 'IS', 'DUE', 'RUNNING', 'AWAITING', 'PARKED', 'OLDEST DUE', 'TAKES', 'TARGET'], rows);
}

/** How long what is due will take, and whether a limit is near. */
function restOf({ capacity }: InstanceView): string {
  if (capacity === null) return '–';
  const { remainingSeconds, nearLimit } = capacity;
  const rest =
    remainingSeconds === null ? '?' : remainingSeconds < 90 ? `${remainingSeconds} s` : `${Math.round(remainingSeconds / 60)} min`;
  return nearLimit ? `${rest} (near its limit)` : rest;
}

export function renderProbes(probes: readonly ProbeView[]): string {
  return probes
    .flatMap(({ name, target, ok, checks }) => [
      `${ok ? '✓' : '✗'} ${name}  ${target}`,
      ...checks.map((check) => `    ${check.ok ? '✓' : '✗'} ${check.name}: ${check.detail}`),
    ])
    .join('\n');
}

export function renderQueues(queues: readonly QueueView[], now: Date): string {
  const rows = queues.map((queue) => [
    queue.name,
    queue.tenant,
    String(queue.offered),
    String(queue.leased),
    String(queue.rejected),
    age(queue.oldestOfferedAt, now),
    age(queue.lastCollectedAt, now),
  ]);
  return table(['QUEUE', 'TENANT', 'OFFERED', 'LEASED', 'REJECTED', 'OLDEST', 'LAST COLLECTED'], rows);
}

export function renderParked(groups: readonly ParkedGroup[], now: Date): string {
  if (groups.length === 0) return 'Nothing is parked.';
  const rows = groups.map(({ count, instance, code, oldestAt, message }) => [
    String(count),
    instance ?? '–',
    code,
    age(oldestAt, now),
    message,
  ]);
  return table(['COUNT', 'INSTANCE', 'CODE', 'OLDEST', 'MESSAGE'], rows);
}

export function renderDeadLetters(letters: readonly DeadLetterView[]): string {
  if (letters.length === 0) return 'No dead letters.';
  const rows = letters.map(({ id, type, applicationId, deliveries, diedAt, reason }) => [
    time(diedAt),
    type,
    applicationId ?? '–',
    String(deliveries),
    reason,
    id,
  ]);
  return table(['DIED', 'TYPE', 'APPLICATION', 'DELIVERIES', 'REASON', 'ID'], rows);
}

/** UTC to the second: the same for everybody who talks about it. */
function time(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)}Z`;
}

/** The details of an entry as `key=value`; what is empty is left out. */
function detailsOf({ data }: TimelineEntry): string {
  return Object.entries(data)
    .filter(([key, value]) => value !== null && value !== '' && key !== 'name')
    .map(([key, value]) => `${key}=${short(value)}`)
    .join(' ');
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
