// SPDX-License-Identifier: EUPL-1.2
import type { BulkResult, ParkedGroup } from '@amtsbote/ops-api';

import { get, post } from '../api.js';
import { ask } from '../dialog.js';
import { announce, button, dataTable, fill, h } from '../dom.js';
import { ago } from '../format.js';
import { texts } from '../language.js';
import type { Stage, View } from '../view.js';

const LIMIT = 1_000;

/** What waits for a person, equal failures together. */
export async function parkedView({ main }: Stage): Promise<View> {
  const t = texts().parked;
  const results = h('div');
  fill(main, h('h1', {}, t.title), results);
  const view: View = {
    title: t.title,
    refresh: async () => {
      const { groups } = await get<{ groups: ParkedGroup[] }>('parked');
      if (groups.length === 0) {
        fill(results, h('p', { class: 'empty' }, t.empty));
        return;
      }
      const rows = groups.map((group, index) => [
        String(group.count),
        group.instance ?? '–',
        failureOf(group),
        ago(group.oldestAt),
        actionsOf(group, index, view),
      ]);
      fill(results, dataTable(t.caption, [t.count, t.instance, t.failure, t.oldest, t.actions], rows));
    },
  };
  return view;
}

function failureOf({ code, message, hintKey }: ParkedGroup): HTMLElement {
  const hint = texts().hint[hintKey ?? ''];
  const said = hint === undefined ? message : h('span', {}, hint, h('div', { class: 'small' }, message));
  return h('div', { class: 'failure' }, h('span', { class: 'mono' }, code), h('br'), said);
}

function actionsOf({ instance, code }: ParkedGroup, index: number, view: View): HTMLElement {
  const t = texts().parked;
  const filter = instance === null ? { progress: 'parked', routed: 'false' } : { progress: 'parked', instance, code };
  const show = h('a', { id: `show-${index}`, href: `#/applications?${new URLSearchParams(filter).toString()}` }, t.show);
  const retry = instance === null ? undefined : button(t.retryAll, () => void retryAll({ instance, code }, view), { id: `retry-${index}` });
  return h('div', { class: 'actions' }, show, retry);
}

/** Counts first, then asks, then does it. */
async function retryAll(filter: { instance: string; code: string }, view: View): Promise<void> {
  const { dialog: t, parked } = texts();
  const { matched } = await post<BulkResult>('steps/retry', { ...filter, dryRun: true, reason: 'count' });
  ask({
    title: t.bulkTitle,
    text: t.bulkText(matched),
    label: parked.retryAll,
    act: async (reason) => {
      const done = await post<BulkResult>('steps/retry', { ...filter, dryRun: false, limit: LIMIT, reason });
      announce(t.bulkDone(done.retried, done.remaining));
      await view.refresh();
    },
  });
}
