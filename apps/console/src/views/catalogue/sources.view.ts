// SPDX-License-Identifier: EUPL-1.2
import type { RunView, SourceView } from '@amtsbote/ops-api';

import { get } from '../../api.js';
import { button, type Child, dataTable, fill, h } from '../../dom.js';
import { amount, moment } from '../../format.js';
import { texts } from '../../language.js';
import type { Stage, View } from '../../view.js';
import { askDocument, askSync } from './run-dialogs.js';
import { isUnderWay } from './run-model.js';
import { changesOf, kindOf, runBadge } from './run-parts.js';

const RUNS = 30;
/** How often it is looked while something is under way, in milliseconds. */
const WATCH_MS = 500;

/** Where the catalogue comes from, and what was done with it. */
export async function sourcesView({ main, session, query }: Stage): Promise<View> {
  const { catalogue: t } = texts();
  const [sources, runs] = [h('div'), h('div')];
  fill(main, h('h1', {}, t.title), sources, h('h2', {}, t.runs), runs);
  let shown = '';
  let underWay = false;
  return {
    title: t.title,
    refreshMs: () => (underWay ? WATCH_MS : undefined),
    refresh: async () => {
      const known = await get<{ sources: SourceView[] }>('catalogue/sources');
      const before = query.get('before') ?? '';
      const list = await get<{ runs: RunView[] }>('catalogue/runs', { before, limit: String(RUNS) });
      underWay = known.sources.some(({ lastRun }) => lastRun !== null && isUnderWay(lastRun));
      const now = JSON.stringify([known, list]);
      if (now === shown) return;
      fill(sources, sourceTable(known.sources, session.tenantNames));
      fill(runs, ...runTable(list.runs, before));
      shown = now;
    },
  };
}

function sourceTable(sources: readonly SourceView[], tenants: Readonly<Record<string, string>>): HTMLElement {
  const { catalogue: t } = texts();
  if (sources.length === 0) return h('p', { class: 'empty' }, t.noSources);
  const rows = sources.map((source): Child[] => [
    h('div', {}, source.name, h('div', { class: 'small muted' }, source.instance)),
    source.tenants.map((tenant) => tenants[tenant] ?? tenant).join(', '),
    holdingsOf(source),
    source.lastRun === null ? t.never : h('div', { class: 'actions' }, runLink(source.lastRun, 'last'), runBadge(source.lastRun)),
    h('span', { class: 'small' }, nextOf(source)),
    actionsOf(source),
  ]);
  return dataTable(t.sourcesCaption, [t.source, t.tenant, t.holds, t.lastRun, t.next, t.actions], rows);
}

function holdingsOf({ objects }: SourceView): Child {
  const { catalogue: t } = texts();
  const parts = Object.entries(objects).map(([kind, count]) => h('li', {}, `${amount(count)} ${t.object[kind] ?? kind}`));
  return parts.length === 0 ? t.empty : h('ul', { class: 'plain-list small' }, ...parts);
}

function nextOf({ pausedReason, dueAt }: SourceView): string {
  const { catalogue: t } = texts();
  if (pausedReason !== null) return t.paused;
  return dueAt === null ? t.onDemand : moment(dueAt);
}

function actionsOf(source: SourceView): HTMLElement {
  const { catalogue: t } = texts();
  return h(
    'div',
    { class: 'actions' },
    button(t.sync, () => askSync(source), { id: `sync-${source.name}`, 'aria-label': `${t.sync}: ${source.name}`, look: 'primary' }),
    button(t.document, () => askDocument(source), { id: `document-${source.name}`, 'aria-label': `${t.document}: ${source.name}` }),
  );
}

function runLink({ id }: RunView, place: string): HTMLElement {
  return h('a', { id: `${place}-run-${id}`, href: `#/catalogue/${id}` }, `${texts().catalogue.run} ${id}`);
}

function runTable(runs: readonly RunView[], before: string): Child[] {
  const { catalogue: t } = texts();
  if (runs.length === 0) return [h('p', { class: 'empty' }, t.noRuns)];
  const rows = runs.map((run) => [
    runLink(run, 'list'),
    run.source,
    kindOf(run),
    runBadge(run),
    h('time', { datetime: run.requestedAt, class: 'nowrap' }, moment(run.requestedAt)),
    changesOf(run),
    run.version === null ? '–' : String(run.version),
    run.actor,
  ]);
  const table = dataTable(t.runs, [t.run, t.source, t.what, t.stateHead, t.requested, t.changes, t.version, t.who], rows, [6]);
  const last = runs.at(-1);
  const paging = h(
    'p',
    { class: 'actions section-title' },
    before === '' ? undefined : h('a', { id: 'newest', href: '#/catalogue' }, t.newest),
    runs.length < RUNS || last === undefined ? undefined : h('a', { id: 'older', href: `#/catalogue?before=${last.id}` }, t.older),
  );
  return [table, paging];
}
