// SPDX-License-Identifier: EUPL-1.2
import type { FormComparison, PairComparison, ParallelRunView, Settled, Switched } from '@amtsbote/ops-api';

import { findApplication, type Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import { renderComparison, renderPair, renderRuns, renderSettled, renderSwitched } from './parallel-render.js';

/** What shall become of applications that were kept, as typed. */
export interface TypedSettlement {
  readonly release?: boolean;
  readonly discard?: string;
  readonly reason: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
}

export async function runs(api: HubApi): Promise<Shown> {
  const { parallelRuns } = await api.get<{ parallelRuns: ParallelRunView[] }>('/ops/parallel-runs');
  return { data: parallelRuns, text: renderRuns(parallelRuns) };
}

/** Both form systems over their newest pairs, or one pair with its values. */
export async function compare(
  api: HubApi,
  run: string,
  { current, next, limit }: { current?: string; next?: string; limit?: string },
): Promise<Shown> {
  if (current === undefined || next === undefined) {
    const comparison = await api.get<FormComparison>(`${pathOf(run)}/comparison`, { limit });
    return { data: comparison, text: renderComparison(comparison) };
  }
  const [ours, theirs] = [await findApplication(api, current), await findApplication(api, next)];
  const pair = await api.get<PairComparison>(`${pathOf(run)}/pair`, { current: ours.id, next: theirs.id });
  return { data: pair, text: renderPair(pair) };
}

export async function switchTo(
  api: HubApi,
  run: string,
  { dryRun = false, ...order }: { to: string; reason: string; dryRun?: boolean },
): Promise<Shown> {
  const switched = await api.post<Switched>(`${pathOf(run)}/switch`, { ...order, dryRun });
  return { data: switched, text: renderSwitched(switched, order.to, dryRun) };
}

export async function settle(api: HubApi, run: string, order: TypedSettlement): Promise<Shown> {
  const { release = false, discard, reason, limit, dryRun = false } = order;
  const chosen = release ? { which: 'alone', end: 'release' } : { which: discard, end: 'discard' };
  const settled = await api.post<Settled>(`${pathOf(run)}/settle`, {
    ...chosen,
    reason,
    dryRun,
    ...(limit === undefined ? {} : { limit }),
  });
  return { data: settled, text: renderSettled(settled, dryRun) };
}

function pathOf(run: string): string {
  return `/ops/parallel-runs/${encodeURIComponent(run)}`;
}
