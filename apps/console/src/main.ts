// SPDX-License-Identifier: EUPL-1.2
import type { Overview, Session } from '@amtsbote/ops-api';

import { get, post, Problem } from './api.js';
import { isAsking } from './dialog.js';
import { announce, fill, h } from './dom.js';
import { switchLanguage, texts } from './language.js';
import type { Stage, View } from './view.js';
import { applicationView } from './views/application.view.js';
import { runView } from './views/catalogue/run.view.js';
import { sourcesView } from './views/catalogue/sources.view.js';
import { formVersionView } from './views/forms/form-version.view.js';
import { formVersionsView } from './views/forms/form-versions.view.js';
import { instancesView } from './views/instances.view.js';
import { listView } from './views/list.view.js';
import { parkedView } from './views/parked.view.js';
import { redrivesView } from './views/redrives/redrives.view.js';

/** How often the page brings itself up to date while it is seen. */
const REFRESH_MS = 5_000;

const header = element('header');
const main = element('main');
let session: Session | undefined;
let current: View | undefined;
/** Grows with every change of place: a slow answer for an earlier place must not paint over the later one. */
let visit = 0;

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found;
}

/** `#/applications/123?q=x` → path and query. */
function place(): Pick<Stage, 'path' | 'query'> {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  return { path: path.split('/').filter((part) => part !== ''), query: new URLSearchParams(query) };
}

async function viewOf(stage: Stage): Promise<View> {
  switch (stage.path[0]) {
    case 'parked':
      return parkedView(stage);
    case 'redrives':
      return redrivesView(stage);
    case 'instances':
      return instancesView(stage);
    case 'forms':
      return stage.path.length > 1 ? formVersionView(stage) : formVersionsView(stage);
    case 'catalogue':
      return stage.path.length > 1 ? runView(stage) : sourcesView(stage);
    default:
      return stage.path.length > 1 ? applicationView(stage) : listView(stage);
  }
}

async function open(): Promise<void> {
  visit += 1;
  const here = visit;
  current = undefined;
  document.documentElement.lang = texts().language;
  element('skip-link').textContent = texts().skipLink;
  await guarded(async () => {
    session ??= await get<Session>('session');
    paintHeader(0);
    // Built aside, shown when it is filled: no flicker of an empty page.
    const stage = h('div');
    const view = await viewOf({ main: stage, session, ...place() });
    await view.refresh();
    if (here !== visit) return;
    fill(main, stage);
    current = view;
    document.title = `${view.title} – Amtsbote`;
    announce(view.title);
    await paintCount();
  });
}

async function refresh(): Promise<void> {
  const view = current;
  if (view === undefined || document.hidden || isAsking()) return;
  await guarded(async () => {
    await view.refresh();
    await paintCount();
    document.getElementById('trouble')?.remove();
  });
}

/** Shows what goes wrong: no session, no hub, a refusal. */
async function guarded(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status === 401) paintLogin();
    else
      trouble(
        error.status === 0
          ? texts().unreachable
          : error.status === 404
            ? texts().application.unknown
            : `${texts().failed} ${error.message}`,
      );
  }
}

function trouble(text: string): void {
  document.getElementById('trouble')?.remove();
  main.prepend(h('p', { class: 'problem', id: 'trouble', role: 'alert' }, text));
}

function paintLogin(): void {
  session = undefined;
  current = undefined;
  const t = texts().login;
  fill(header, h('span', { class: 'brand' }, 'Amtsbote ', h('span', {}, texts().console)));
  fill(main, h('h1', {}, t.title), h('p', {}, t.text), h('p', {}, h('code', { class: 'mono' }, t.command)));
}

async function paintCount(): Promise<void> {
  const { open: groups } = await get<Overview>('overview');
  paintHeader(groups.filter(({ progress }) => progress === 'parked').reduce((sum, { count }) => sum + count, 0));
}

function paintHeader(parked: number): void {
  const { nav, logout, otherLanguage, console: name } = texts();
  const [section = 'applications'] = place().path;
  const link = (target: string, label: string, count = 0): HTMLElement =>
    h(
      'a',
      { id: `nav-${target}`, href: `#/${target}`, 'aria-current': section === target ? 'page' : undefined },
      label,
      count > 0 ? h('span', { class: 'count' }, String(count)) : undefined,
    );
  fill(
    header,
    h('a', { class: 'brand', id: 'brand', href: '#/applications' }, 'Amtsbote ', h('span', {}, name)),
    h(
      'nav',
      { class: 'page-nav', 'aria-label': nav.main },
      link('applications', nav.applications),
      link('parked', nav.parked, parked),
      link('instances', nav.instances),
      link('forms', nav.forms),
      link('catalogue', nav.catalogue),
    ),
    h(
      'div',
      { class: 'page-user' },
      h('a', { id: 'docs', href: '../docs' }, nav.docs),
      h(
        'button',
        { type: 'button', id: 'language', class: 'plain-button', lang: texts().language === 'de' ? 'en' : 'de', onclick: changeLanguage },
        otherLanguage,
      ),
      h('span', {}, session?.name),
      h('button', { type: 'button', id: 'logout', class: 'plain-button', onclick: () => void leave() }, logout),
    ),
  );
}

function changeLanguage(): void {
  switchLanguage();
  void open();
}

async function leave(): Promise<void> {
  await guarded(async () => {
    await post('logout');
    paintLogin();
  });
}

window.addEventListener('hashchange', () => {
  void open().then(() => main.focus());
});
/** One refresh after the other: a slow hub is not asked again before it has answered. */
async function keepFresh(): Promise<never> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, current?.refreshMs?.() ?? REFRESH_MS));
    await refresh();
  }
}
void keepFresh();
void open();
