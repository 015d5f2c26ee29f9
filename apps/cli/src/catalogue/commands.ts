// SPDX-License-Identifier: EUPL-1.2
import type { Difference, FindingView, RunView, SourceView } from '@amtsbote/ops-api';

import type { Shown } from '../commands.js';
import { EXIT } from '../exit-codes.js';
import type { HubApi } from '../hub-api.js';
import { type Progress, progressLine } from './progress.js';
import { renderDiff, renderFindings, renderRun, renderRuns, renderSources } from './render.js';
import { upload, type UploadOrder } from './upload.js';

/** How long to wait before looking again. */
export type Sleep = (ms: number) => Promise<void>;

const LOOK_AGAIN_MS = 500;
const UNDER_WAY = ['requested', 'reading', 'comparing', 'applying'];
const WANTED = ['applied', 'checked'];
const PAGE = 5_000;

/** How a run is watched. */
export interface Watching {
  readonly sleep: Sleep;
  readonly progress: Progress;
}

export async function sources(api: HubApi): Promise<Shown> {
  const answer = await api.get<{ sources: SourceView[] }>('/ops/catalogue/sources');
  return { data: answer.sources, text: renderSources(answer.sources) };
}

/** Reads a source and waits for the end, unless told not to. */
export async function sync(
  api: HubApi,
  { source, dryRun = false, full = false, wait = true }: { source: string; dryRun?: boolean; full?: boolean; wait?: boolean },
  watching: Watching,
): Promise<Shown> {
  const run = await api.post<RunView>(`/ops/catalogue/sources/${encodeURIComponent(source)}/runs`, { dryRun, full });
  return wait ? watch(api, run, watching) : shown(run);
}

/** Streams a document to the hub and waits for the end of its run, unless told not to. */
export async function bring(
  api: HubApi,
  file: string,
  { wait = true, ...order }: UploadOrder & { wait?: boolean },
  watching: Watching,
): Promise<Shown> {
  const run = await upload(api, file, order, watching.progress);
  return wait ? watch(api, run, watching) : shown(run);
}

export async function rollback(
  api: HubApi,
  id: string,
  { dryRun = false, wait = true }: { dryRun?: boolean; wait?: boolean },
  watching: Watching,
): Promise<Shown> {
  const run = await api.post<RunView>(`/ops/catalogue/runs/${encodeURIComponent(id)}/rollback`, { dryRun });
  return wait ? watch(api, run, watching) : shown(run);
}

/** Lets a held run go on and waits for its end. */
export async function approve(api: HubApi, id: string, watching: Watching): Promise<Shown> {
  return watch(api, await api.post<RunView>(`/ops/catalogue/runs/${encodeURIComponent(id)}/approve`), watching);
}

export async function end(api: HubApi, id: string, how: 'discard' | 'cancel'): Promise<Shown> {
  return shown(await api.post<RunView>(`/ops/catalogue/runs/${encodeURIComponent(id)}/${how}`));
}

export async function runs(api: HubApi, query: Readonly<Record<string, string | undefined>>): Promise<Shown> {
  const answer = await api.get<{ runs: RunView[] }>('/ops/catalogue/runs', query);
  return { data: answer.runs, text: renderRuns(answer.runs) };
}

export async function run(api: HubApi, id: string): Promise<Shown> {
  return shown(await api.get<RunView>(`/ops/catalogue/runs/${encodeURIComponent(id)}`));
}

export async function findings(api: HubApi, id: string, { csv = false }: { csv?: boolean }): Promise<Shown> {
  const path = `/ops/catalogue/runs/${encodeURIComponent(id)}/findings`;
  if (csv) {
    const text = await api.text(path, 'text/csv');
    return { data: { csv: text }, text: text.trimEnd() };
  }
  const all: FindingView[] = [];
  for (let after = 0; ; after = all.at(-1)?.no ?? 0) {
    const page = await api.get<{ findings: FindingView[] }>(path, { after: String(after), limit: String(PAGE) });
    all.push(...page.findings);
    if (page.findings.length < PAGE) return { data: all, text: renderFindings(all) };
  }
}

export async function diff(api: HubApi, from: string, to: string): Promise<Shown> {
  const all: Difference[] = [];
  let cursor: string | undefined;
  do {
    const page = await api.get<{ items: Difference[]; next?: string }>('/ops/catalogue/diff', { from, to, limit: String(PAGE), cursor });
    all.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return { data: all, text: renderDiff(all) };
}

/** What a script asked for has happened when the run was applied, or checked; whatever else became of it, it has not. */
async function watch(api: HubApi, begun: RunView, { sleep, progress }: Watching): Promise<Shown> {
  let current = begun;
  while (UNDER_WAY.includes(current.state)) {
    progress.show(progressLine(current), current.state);
    await sleep(LOOK_AGAIN_MS);
    current = await api.get<RunView>(`/ops/catalogue/runs/${current.id}`);
  }
  progress.done();
  return { ...shown(current), ...(WANTED.includes(current.state) ? {} : { code: EXIT.refused }) };
}

/** A run that failed, or waits for a person, is not what a script wanted. */
function shown(run: RunView): Shown {
  const isTrouble = ['failed', 'held'].includes(run.state);
  return { data: run, text: renderRun(run), ...(isTrouble ? { code: EXIT.refused } : {}) };
}
