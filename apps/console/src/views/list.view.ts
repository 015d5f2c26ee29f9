// SPDX-License-Identifier: EUPL-1.2
import type { Progress } from '@amtsbote/canonical';
import type { ApplicationPage, Overview, RouteName } from '@amtsbote/ops-api';

import { get } from '../api.js';
import { announce, badge, button, type Child, dataTable, fill, h } from '../dom.js';
import { moment } from '../format.js';
import { texts } from '../language.js';
import type { Stage, View } from '../view.js';

/** Filters in the address of the view: what is shown can be bookmarked and sent to a colleague. */
const FILTERS = ['q', 'progress', 'state', 'route', 'routed', 'instance', 'code', 'cursor'] as const;
const TONE = { flowing: 'info', parked: 'danger', finished: 'success', cancelled: 'neutral', shadow: 'neutral' } as const;
const NO_ROUTE = '(none)';

/** A badge for where an application is. */
export function progressBadge(progress: Progress): HTMLElement {
  return badge(texts().progress[progress], TONE[progress]);
}

/** The list of applications with search and filters. */
export async function listView({ main, session, query }: Stage): Promise<View> {
  const t = texts().list;
  const { routes } = await get<{ routes: RouteName[] }>('routes');
  const [figures, results] = [h('div'), h('div')];
  fill(
    main,
    h('h1', {}, t.title),
    figures,
    filterForm(
      query,
      routes.map(({ name }) => name),
    ),
    chips(query),
    results,
  );
  let shown = '';
  return {
    title: t.title,
    refresh: async () => {
      const wishes = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']));
      const page = await get<ApplicationPage>('applications', { ...wishes, limit: '50' });
      const overview = await get<Overview>('overview');
      const now = JSON.stringify([page, overview]);
      if (now === shown) return;
      fill(figures, figuresOf(overview));
      fill(results, ...resultsOf(page, query, session.tenantNames));
      if (shown !== '') announce(texts().refreshed);
      shown = now;
    },
  };
}

/** The same list with other filters; a new filter begins at the newest. */
function addressWith(query: URLSearchParams, changes: Readonly<Record<string, string>>): string {
  const next = new URLSearchParams(query);
  next.delete('cursor');
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') next.delete(name);
    else next.set(name, value);
  }
  return `#/applications?${next.toString()}`;
}

function filterForm(query: URLSearchParams, routes: readonly string[]): HTMLElement {
  const { list: t, progress, state } = texts();
  const search = h('input', { id: 'filter-q', name: 'q', type: 'search', autocomplete: 'off', value: query.get('q') ?? '' });
  const route = query.get('routed') === 'false' ? NO_ROUTE : (query.get('route') ?? '');
  const routeOptions: [string, string][] = [...routes.map((name): [string, string] => [name, name]), [NO_ROUTE, t.noRoute]];
  const form = h(
    'form',
    {
      class: 'filters',
      role: 'search',
      onsubmit: (event) => {
        event.preventDefault();
        const data = new FormData(form);
        const chosen = Object.fromEntries([...data].map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']));
        const isUnrouted = chosen['route'] === NO_ROUTE;
        location.hash = addressWith(query, {
          ...chosen,
          route: isUnrouted ? '' : (chosen['route'] ?? ''),
          routed: isUnrouted ? 'false' : '',
        });
      },
    },
    h('div', { class: 'field' }, h('label', { for: 'filter-q' }, t.search), search),
    select('progress', t.progress, query.get('progress') ?? '', Object.entries(progress)),
    select('state', t.state, query.get('state') ?? '', Object.entries(state)),
    select('route', t.route, route, routeOptions),
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'submit', class: 'kern-btn kern-btn--primary compact' }, h('span', { class: 'kern-label' }, t.find)),
      button(t.reset, () => (location.hash = '#/applications'), { look: 'tertiary' }),
    ),
  );
  for (const name of ['progress', 'state', 'route'])
    form.querySelector(`[name=${name}]`)?.addEventListener('change', () => form.requestSubmit());
  return form;
}

function select(name: string, label: string, chosen: string, options: readonly (readonly [string, string])[]): HTMLElement {
  const all = [['', texts().list.all] as const, ...options];
  const choices = all.map(([value, text]) => h('option', { value, selected: value === chosen }, text));
  return h(
    'div',
    { class: 'field' },
    h('label', { for: `filter-${name}` }, label),
    h('select', { id: `filter-${name}`, name }, ...choices),
  );
}

/** Filters that come from elsewhere (the parked groups) and have no field of their own. */
function chips(query: URLSearchParams): Child {
  const parts = ['instance', 'code'].map((name) => query.get(name)).filter((value) => value !== null);
  if (parts.length === 0) return undefined;
  const remove = h('a', { href: addressWith(query, { instance: '', code: '' }), 'aria-label': texts().list.reset }, '✕');
  return h('p', { class: 'chips' }, h('span', { class: 'chip' }, `${texts().list.onlyParkedFor}: ${parts.join(', ')}`, remove));
}

function figuresOf({ open, last24Hours, deadLetters }: Overview): HTMLElement {
  const t = texts().list;
  const count = (progress: Progress): number =>
    open.filter((group) => group.progress === progress).reduce((sum, group) => sum + group.count, 0);
  const received = Object.values(last24Hours).reduce((sum, part) => sum + part, 0);
  const figure = (value: number, label: string, href: string, alarm = false): HTMLElement =>
    h(
      'li',
      {},
      h('a', { href, class: alarm && value > 0 ? 'alarm' : undefined }, h('strong', {}, value.toLocaleString(texts().language)), label),
    );
  return h(
    'ul',
    { class: 'figures' },
    figure(count('flowing'), t.open, '#/applications?progress=flowing'),
    figure(count('parked'), t.parkedNow, '#/parked', true),
    figure(last24Hours.finished, t.finishedToday, '#/applications?progress=finished'),
    figure(received, t.receivedToday, '#/applications'),
    deadLetters > 0 ? figure(deadLetters, t.deadLetters, '#/instances', true) : undefined,
  );
}

function resultsOf(page: ApplicationPage, query: URLSearchParams, tenants: Readonly<Record<string, string>>): Child[] {
  const { list: t, state } = texts();
  if (page.items.length === 0) return [h('p', { class: 'empty' }, t.empty)];
  const rows = page.items.map((item) => [
    h('a', { id: `app-${item.id}`, class: 'mono', href: `#/applications/${item.id}` }, item.reference),
    h('time', { datetime: item.receivedAt, class: 'nowrap' }, moment(item.receivedAt)),
    h('span', {}, item.service, item.test ? ` (${t.test})` : undefined),
    tenants[item.tenant] ?? item.tenant,
    item.route ?? h('em', {}, t.noRoute),
    progressBadge(item.progress),
    state[item.state],
  ]);
  const table = dataTable(t.caption, [t.reference, t.received, t.service, t.tenant, t.route, t.progress, t.state], rows);
  const older = page.next;
  const paging = h(
    'p',
    { class: 'actions section-title' },
    query.has('cursor') ? h('a', { id: 'newest', href: addressWith(query, {}) }, t.newest) : undefined,
    older === undefined ? undefined : h('a', { id: 'older', href: addressWith(query, { cursor: older }) }, t.more),
  );
  return [table, paging];
}
