// SPDX-License-Identifier: EUPL-1.2
import type { PullAsked, PullHeldView, PullView } from '@amtsbote/ops-api';

import type { Shown } from '../commands.js';
import { renderPulls } from '../forms/render.js';
import type { HubApi } from '../hub-api.js';
import { table } from '../render.js';

/** Which outbox, and what of it, as typed. */
export interface TypedOutbox {
  readonly instance: string;
  readonly reason: string;
  readonly answer?: string;
}

/** Among endpoints that are asked, outboxes have the name of their instance behind this. */
const OUTBOX = 'dms:';

export async function answers(api: HubApi, now: Date): Promise<Shown> {
  const { pulls } = await api.get<{ pulls: PullView[] }>('/ops/pulls');
  const outboxes = pulls.filter(({ endpoint }) => endpoint.startsWith(OUTBOX));
  return { data: outboxes, text: outboxes.length === 0 ? 'No DMS has an outbox.' : renderPulls(outboxes, now) };
}

export async function heldAnswers(api: HubApi, { instance }: { instance: string }): Promise<Shown> {
  const { held } = await api.get<{ held: PullHeldView[] }>(`${pathOf(instance)}/held`);
  return { data: held, text: renderHeldAnswers(held) };
}

/** Looks into the outbox now. */
export async function collect(api: HubApi, { instance, reason, answer }: TypedOutbox): Promise<Shown> {
  const order = { reason, ...(answer === undefined ? {} : { submissionId: answer }) };
  const asked = await api.post<PullAsked>(`${pathOf(instance)}/ask`, order);
  return { data: asked, text: `The outbox of ${instance} is looked into now, ${asked.held} held answers are tried again.` };
}

/** One line for each held answer. */
export function renderHeldAnswers(held: readonly PullHeldView[]): string {
  if (held.length === 0) return 'Nothing is held.';
  const rows = held.map(({ submissionId, document, vorgang, state, failure, attempts, dueAt }) => [
    document ?? submissionId,
    vorgang ?? '–',
    state,
    `${attempts}×`,
    dueAt ?? '–',
    `${failure.code}: ${failure.message}`,
  ]);
  return table(['DOCUMENT', 'VORGANG', 'STATE', 'TRIED', 'NEXT TRY', 'WHY'], rows);
}

function pathOf(instance: string): string {
  return `/ops/pulls/${encodeURIComponent(OUTBOX + instance)}`;
}
