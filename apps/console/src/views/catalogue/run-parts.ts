// SPDX-License-Identifier: EUPL-1.2
import type { RunView } from '@amtsbote/ops-api';

import { badge, type Child, dataTable, h } from '../../dom.js';
import { amount, lasting, size } from '../../format.js';
import { texts } from '../../language.js';
import { shareRead } from './run-model.js';

const TONE: Readonly<Record<RunView['state'], Parameters<typeof badge>[1]>> = {
  requested: 'info',
  reading: 'info',
  comparing: 'info',
  held: 'warning',
  applying: 'info',
  applied: 'success',
  checked: 'success',
  failed: 'danger',
  cancelled: 'neutral',
  discarded: 'neutral',
};

/** Where a run is, as a badge. */
export function runBadge({ state }: Pick<RunView, 'state'>): HTMLElement {
  return badge(texts().catalogue.state[state], TONE[state]);
}

/** What a run is: read, brought or gone back; whether it is only a trial. */
export function kindOf({ kind, isDryRun }: Pick<RunView, 'kind' | 'isDryRun'>): string {
  const { catalogue: t } = texts();
  return isDryRun ? `${t.kind[kind]} (${t.dryRun})` : t.kind[kind];
}

/** `+12 ~3 −1`: what changes, short. */
export function changesOf({ counts }: Pick<RunView, 'counts'>): string {
  return counts === null ? '–' : `+${amount(counts.added)} ~${amount(counts.changed)} −${amount(counts.removed)}`;
}

/** The bar with what stands beside it; a bar without a value where the source does not say how much it is. */
export function progressOf(run: RunView): HTMLElement | undefined {
  const { catalogue: t } = texts();
  const { progress, state, objectsPerSecond, bytesPerSecond, remainingMs } = run;
  if (state === 'requested') return h('p', { class: 'note', role: 'status' }, t.waits);
  if (progress === null || !['reading', 'comparing', 'applying'].includes(state)) return undefined;
  const share = state === 'reading' ? shareRead(progress) : undefined;
  const bar = h('progress', {
    id: 'run-progress',
    max: '100',
    'aria-label': t.progress,
    ...(share === undefined ? {} : { value: String(Math.round(share * 100)) }),
  });
  const parts = [
    share === undefined ? t.state[state] : `${Math.round(share * 100)} %`,
    t.objectsRead(amount(progress.objects)),
    progress.bytesTotal === undefined ? size(progress.bytesRead) : `${size(progress.bytesRead)} / ${size(progress.bytesTotal)}`,
    objectsPerSecond === null ? undefined : `${amount(objectsPerSecond)} ${t.perSecond}`,
    bytesPerSecond === null ? undefined : `${size(bytesPerSecond)}/s`,
    remainingMs === null ? undefined : t.remaining(lasting(remainingMs)),
  ];
  return h('div', { class: 'progress' }, bar, h('p', { class: 'small' }, parts.filter((part) => part !== undefined).join(' · ')));
}

/** What becomes otherwise, per kind of object. */
export function countsTable({ counts }: RunView): Child[] {
  if (counts === null) return [];
  const { catalogue: t } = texts();
  const rows = Object.entries(counts.kinds).map(([kind, { before, added, changed, removed }]) => [
    t.object[kind] ?? kind,
    ...[before, added, changed, removed].map(amount),
  ]);
  const rest = t.unchangedAndUnknown(amount(counts.unchanged), amount(counts.unknownRemovals));
  const table = dataTable(t.countsCaption, [t.objects, t.before, t.added, t.changed, t.removed], rows, [1, 2, 3, 4]);
  return [h('h2', {}, t.countsTitle), ...(rows.length === 0 ? [] : [table]), h('p', { class: 'small muted' }, rest)];
}

/** What in use would break or become otherwise. */
export function impactTable({ impact }: RunView, tenants: Readonly<Record<string, string>>): Child[] {
  const { catalogue: t } = texts();
  if (impact === null || impact.length === 0) return [];
  const rows = impact.map(({ what, leikaKey, tenant, before, after, routes, endpoints, openApplications }) => [
    t.impact[what],
    h('span', { class: 'mono' }, leikaKey),
    tenants[tenant] ?? tenant,
    before ?? '–',
    after ?? '–',
    [...routes, ...endpoints].join(', ') || '–',
    amount(openApplications),
  ]);
  const head = [t.impactWhat, t.impactKey, t.tenant, t.impactBefore, t.impactAfter, t.impactUsedBy, t.impactOpen];
  return [h('h2', {}, t.impactTitle), dataTable(t.impactCaption, head, rows, [6])];
}
