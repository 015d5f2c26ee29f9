// SPDX-License-Identifier: EUPL-1.2
import type { PullHeldView, PullSourceView, PullView, ReconciliationView } from '@amtsbote/ops-api';

import { table } from '../render.js';

/** One line for each source. */
export function renderPulls(pulls: readonly PullView[], now: Date): string {
  if (pulls.length === 0) return 'No endpoint fetches submissions.';
  const rows = pulls.flatMap((pull) => pull.sources.map((source) => rowOf(pull, source, now)));
  return table(['ENDPOINT', 'SOURCE', 'STATE', 'LAST SUCCESS', 'ACCEPTED', 'HELD', 'LAST FAILURE'], rows);
}

function rowOf(pull: PullView, source: PullSourceView, now: Date): string[] {
  const { retrying, unacknowledged, kept } = source.held;
  const held = [`${retrying + unacknowledged} waiting`, ...(kept > 0 ? [`${kept} for a person`] : [])].join(', ');
  const success = source.succeededAt === null ? '–' : `${minutesSince(source.succeededAt, now)} min ago`;
  return [pull.endpoint, source.source, stateOf(pull, source), success, String(source.accepted), held, source.failure?.code ?? '–'];
}

function stateOf({ paused, pausedBy, breaker }: PullView, { state, failures }: PullSourceView): string {
  if (paused) return `paused by ${pausedBy ?? '?'}`;
  if (breaker !== 'closed') return 'circuit open';
  return failures > 0 ? `${state}, failed ${failures}×` : state;
}

/** One line for each held submission. */
export function renderHeld(held: readonly PullHeldView[]): string {
  if (held.length === 0) return 'Nothing is held.';
  const rows = held.map(({ source, submissionId, state, failure, attempts, dueAt }) => [
    source,
    submissionId,
    state,
    `${attempts}×`,
    dueAt ?? '–',
    `${failure.code}: ${failure.message}`,
  ]);
  return table(['SOURCE', 'SUBMISSION', 'STATE', 'TRIED', 'NEXT TRY', 'WHY'], rows);
}

/** One line for each comparison; of the newest the ids. */
export function renderBooks(runs: readonly ReconciliationView[]): string {
  const [newest] = runs;
  if (newest === undefined) return 'The books were not compared yet.';
  const rows = runs.map((run) => [
    run.startedAt,
    run.failure === null ? run.state : `${run.state}: ${run.failure.code}`,
    ...[run.booked, run.matched, run.fetched, run.missing, run.surplus].map(String),
  ]);
  const named = [
    ...newest.fetchedIds.map((id) => `  fetched: ${id}`),
    ...newest.missingIds.map((id) => `  missing here: ${id}`),
    ...newest.surplusIds.map((id) => `  missing there: ${id}`),
  ];
  return [table(['STARTED', 'STATE', 'BOOKED', 'HERE', 'FETCHED', 'MISSING', 'SURPLUS'], rows), ...named].join('\n');
}

function minutesSince(time: string, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(time)) / 60_000));
}
