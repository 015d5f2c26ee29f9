// SPDX-License-Identifier: EUPL-1.2
import type { Difference, FindingView, RunView, SourceHistory, SourceView } from '@amtsbote/ops-api';

import { table } from '../render.js';
import { bytes, progressLine } from './progress.js';

const SIGNS: Readonly<Record<string, string>> = { add: '+', change: '~', remove: '-' };

export function renderRuns(runs: readonly RunView[]): string {
  if (runs.length === 0) return 'No run yet.';
  const rows = runs.map((run) => [
    String(run.id),
    run.source,
    run.isDryRun ? `${run.kind} (dry)` : run.kind,
    run.state,
    time(run.requestedAt),
    run.counts === null ? '' : changes(run.counts),
    run.version === null ? '' : String(run.version),
    run.actor,
  ]);
  return table(['RUN', 'SOURCE', 'KIND', 'STATE', 'REQUESTED', 'CHANGES', 'VERSION', 'WHO'], rows);
}

/** One run: where it is, what it changes, what it breaks, what is to be decided. */
export function renderRun(run: RunView): string {
  const { id, source, kind, mode, actor, document, counts, findings, failure, hold, impact, version } = run;
  const lines = [
    progressLine(run),
    `  ${kind} of ${source}${document === null ? '' : ` from ${document}`}${run.isDryRun ? ', dry run' : ''}${mode === null ? '' : `, ${mode}`}, by ${actor}, ${time(run.requestedAt)}`,
  ];
  if (counts !== null)
    lines.push(`  ${changes(counts)}, ${counts.unchanged} unchanged, ${counts.unknownRemovals} removals of what was not there`);
  if (version !== null) lines.push(`  version ${version} of the catalogue`);
  lines.push(`  findings: ${findings.muss} muss (not taken), ${findings.soll} soll (taken)`);
  if (failure !== null) lines.push(`  ${failure.code}: ${failure.message}`);
  for (const { reason, detail } of hold ?? []) lines.push(`  waits (${reason}): ${detail}`);
  if (run.state === 'held') lines.push(`  decide: amtsbote catalogue approve ${id}  or  amtsbote catalogue discard ${id}`);
  if (impact !== null && impact.length > 0) {
    const rows = impact.map((one) => [
      `  ${one.what}`,
      one.leikaKey,
      one.tenant,
      one.before ?? '–',
      one.after ?? '–',
      [...one.routes, ...one.endpoints].join(', '),
      String(one.openApplications),
    ]);
    lines.push(table(['  BREAKS', 'LEIKA KEY', 'TENANT', 'BEFORE', 'AFTER', 'USED BY', 'OPEN'], rows));
  }
  return lines.join('\n');
}

export function renderFindings(findings: readonly FindingView[]): string {
  if (findings.length === 0) return 'No findings.';
  const rows = findings.map(({ severity, code, document, line, kind, agency, id, message }) => [
    severity,
    code,
    line === null ? document : `${document}:${line}`,
    kind === null ? '' : `${kind} ${agency ?? ''}:${id ?? ''}`,
    message,
  ]);
  return table(['SEVERITY', 'CODE', 'WHERE', 'OBJECT', 'MESSAGE'], rows);
}

export function renderDiff(items: readonly Difference[]): string {
  if (items.length === 0) return 'No difference.';
  return items.map(({ op, kind, agency, id }) => `${SIGNS[op] ?? op} ${kind} ${agency}:${id}`).join('\n');
}

export function renderSources(sources: readonly SourceView[]): string {
  if (sources.length === 0) return 'No catalogue source is configured.';
  const rows = sources.map(({ name, instance, objects, lastRun, pausedReason, dueAt, history }) => [
    name,
    instance,
    Object.entries(objects)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ') || 'empty',
    lastRun === null ? 'never' : `${lastRun.id} ${lastRun.state}`,
    pausedReason ?? (dueAt === null ? 'on demand' : time(dueAt)),
    kept(history),
  ]);
  return table(['SOURCE', 'INSTANCE', 'HOLDS', 'LAST RUN', 'NEXT', 'HISTORY'], rows);
}

/** How far back one can go, what is kept beside it, what was given back. */
function kept({ versions, oldestVersion, oldestAt, namedVersions, isRemoving, removedStates, removedBytes }: SourceHistory): string {
  const since = oldestAt === null ? '' : ` since ${time(oldestAt)}`;
  const named = namedVersions === 0 ? '' : `, ${namedVersions} older named by applications`;
  const removed = removedStates === 0 ? '' : `; ${removedStates} old states (${bytes(removedBytes)}) removed`;
  return `${versions} versions${oldestVersion === 0 ? '' : ` from ${oldestVersion}`}${since}${named}${removed}${isRemoving ? ', removing' : ''}`;
}

function changes({ added, changed, removed }: { added: number; changed: number; removed: number }): string {
  return `+${added} ~${changed} -${removed}`;
}

/** UTC to the second: the same for everybody who talks about it. */
function time(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 19)}Z`;
}
