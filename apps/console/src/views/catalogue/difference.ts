// SPDX-License-Identifier: EUPL-1.2
import type { Difference, RunView } from '@amtsbote/ops-api';

import { get } from '../../api.js';
import { badge, button, type Child, dataTable, fill, h } from '../../dom.js';
import { moment } from '../../format.js';
import { texts } from '../../language.js';
import { mayGoBack } from './run-model.js';

const PAGE = '500';
const TONE = { add: 'success', change: 'info', remove: 'danger' } as const;

/** What became otherwise between another applied run of the source and this one. */
export class Differences {
  readonly element = h('div');
  private shownFor: number | undefined;

  async show(run: RunView): Promise<void> {
    if (this.shownFor === run.id || !mayGoBack(run)) return;
    this.shownFor = run.id;
    const { catalogue: t } = texts();
    const { runs } = await get<{ runs: RunView[] }>('catalogue/runs', { source: run.source, limit: '200' });
    const others = runs.filter((other) => mayGoBack(other) && other.id !== run.id);
    if (others.length === 0) return;
    const options = others.map(({ id, requestedAt }) => h('option', { value: String(id) }, `${t.run} ${id}, ${moment(requestedAt)}`));
    const select = h('select', { id: 'compare-with', name: 'with' }, ...options);
    const results = h('div', { 'aria-live': 'polite' });
    const compare = (): void => void this.compare(Number(select.value), run.id, results);
    fill(
      this.element,
      h('h2', {}, t.diffTitle),
      h(
        'div',
        { class: 'actions compare' },
        h('div', { class: 'field' }, h('label', { for: 'compare-with' }, t.diffWith), select),
        button(t.diff, compare, { id: 'compare' }),
      ),
      results,
    );
  }

  private async compare(other: number, run: number, results: HTMLElement, cursor = '', before: readonly Difference[] = []): Promise<void> {
    const { catalogue: t } = texts();
    const page = await get<{ items: Difference[]; next?: string }>('catalogue/diff', {
      from: String(other),
      to: String(run),
      limit: PAGE,
      cursor,
    });
    const items = [...before, ...page.items];
    const { next } = page;
    const more =
      next === undefined ? undefined : button(t.moreDiff, () => void this.compare(other, run, results, next, items), { id: 'more-diff' });
    fill(results, ...differenceTable(items), more);
  }
}

function differenceTable(items: readonly Difference[]): Child[] {
  const { catalogue: t } = texts();
  if (items.length === 0) return [h('p', { class: 'muted' }, t.noDiff)];
  const rows = items.map(({ op, kind, agency, id }) => [
    badge(t.op[op], TONE[op]),
    t.object[kind] ?? kind,
    h('span', { class: 'mono' }, `${agency}:${id}`),
  ]);
  return [dataTable(t.diffTitle, [t.what, t.objects, t.key], rows)];
}
