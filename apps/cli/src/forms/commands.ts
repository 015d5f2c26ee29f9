// SPDX-License-Identifier: EUPL-1.2
import type { PullAsked, PullHeldView, PullView, ReconciliationView } from '@amtsbote/ops-api';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import { renderBooks, renderHeld, renderPulls } from './render.js';

/** Which endpoint, and what of it, as typed. */
export interface TypedPull {
  readonly endpoint: string;
  readonly reason: string;
  readonly source?: string;
  readonly submission?: string;
}

/** Asks the form server now. */
export async function pull(api: HubApi, { endpoint, reason, source, submission }: TypedPull): Promise<Shown> {
  const order = { reason, ...(source === undefined ? {} : { source }), ...(submission === undefined ? {} : { submissionId: submission }) };
  const asked = await api.post<PullAsked>(`${pathOf(endpoint)}/ask`, order);
  const text = `${asked.sources} sources of ${endpoint} are asked now, ${asked.held} held submissions are tried again.`;
  return { data: asked, text };
}

export async function pulls(api: HubApi, now: Date): Promise<Shown> {
  const { pulls: all } = await api.get<{ pulls: PullView[] }>('/ops/pulls');
  return { data: all, text: renderPulls(all, now) };
}

export async function held(api: HubApi, { endpoint }: { endpoint: string }): Promise<Shown> {
  const { held: all } = await api.get<{ held: PullHeldView[] }>(`${pathOf(endpoint)}/held`);
  return { data: all, text: renderHeld(all) };
}

/** Compares the form server's books with ours now. */
export async function reconcile(api: HubApi, { endpoint, reason }: TypedPull): Promise<Shown> {
  const asked = await api.post<PullAsked>(`${pathOf(endpoint)}/reconcile`, { reason });
  return { data: asked, text: `The books of ${endpoint} are compared; see: amtsbote forms books --endpoint ${endpoint}` };
}

export async function books(api: HubApi, { endpoint }: { endpoint: string }): Promise<Shown> {
  const { reconciliations } = await api.get<{ reconciliations: ReconciliationView[] }>(`${pathOf(endpoint)}/reconciliations`);
  return { data: reconciliations, text: renderBooks(reconciliations) };
}

export async function turn(api: HubApi, { endpoint, reason }: TypedPull, to: 'pause' | 'resume'): Promise<Shown> {
  const data = await api.post(`${pathOf(endpoint)}/${to}`, { reason });
  return { data, text: to === 'pause' ? `${endpoint} is no longer asked for submissions.` : `${endpoint} is asked again.` };
}

function pathOf(endpoint: string): string {
  return `/ops/pulls/${encodeURIComponent(endpoint)}`;
}
