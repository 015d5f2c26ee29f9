// SPDX-License-Identifier: EUPL-1.2
import type { RedriveJobView, RedrivePreview } from '@amtsbote/ops-api';

import type { Watching } from '../catalogue/commands.js';
import type { Shown } from '../commands.js';
import { EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import { progressOfJob, renderJob, renderJobs, renderPreview } from './render.js';

const LOOK_AGAIN_MS = 1_000;

/** Which ones and how, as typed; `what` as the command line says it. */
export interface TypedOrder {
  readonly what: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly rate?: number;
  readonly uncertain?: boolean;
  readonly [filter: string]: unknown;
}

/** Counts, or starts and mostly waits for the end. */
export async function start(
  api: HubApi,
  { what, dryRun = false, wait = true, rate, uncertain = false, reason, ...filter }: TypedOrder,
  watching: Watching,
): Promise<Shown> {
  const chosen = { ...filter, what: what === 'dead-letters' ? 'deadLetters' : what };
  if (dryRun) {
    const preview = await api.post<RedrivePreview>('/ops/redrives/preview', chosen);
    return { data: preview, text: renderPreview(preview) };
  }
  const order = { ...chosen, reason, uncertain, ...(rate === undefined ? {} : { ratePerSecond: rate }) };
  const job = await api.post<RedriveJobView>('/ops/redrives', order);
  return wait ? watch(api, job, watching) : shown(job);
}

export async function list(api: HubApi): Promise<Shown> {
  const { redrives } = await api.get<{ redrives: RedriveJobView[] }>('/ops/redrives');
  return { data: redrives, text: renderJobs(redrives) };
}

export async function show(api: HubApi, id: string): Promise<Shown> {
  return shown(await api.get<RedriveJobView>(pathOf(id)));
}

export async function turn(api: HubApi, id: string, to: 'pause' | 'resume' | 'cancel', order: { reason: string }): Promise<Shown> {
  return shown(await api.post<RedriveJobView>(`${pathOf(id)}/${to}`, order));
}

/** Until it does not run any more; who is interrupted leaves it running. Only what came to its end is what a script asked for. */
async function watch(api: HubApi, begun: RedriveJobView, { sleep, progress }: Watching): Promise<Shown> {
  let job = begun;
  while (job.state === 'running') {
    progress.show(progressOfJob(job), job.state);
    await sleep(LOOK_AGAIN_MS);
    job = await api.get<RedriveJobView>(pathOf(job.id));
  }
  progress.done();
  return { ...shown(job), ...(job.state === 'done' ? {} : { code: EXIT.refused }) };
}

function shown(job: RedriveJobView): Shown {
  return { data: job, text: renderJob(job) };
}

function pathOf(id: string): string {
  return `/ops/redrives/${encodeURIComponent(id)}`;
}
