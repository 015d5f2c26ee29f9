// SPDX-License-Identifier: EUPL-1.2
import type { Hold, RunView } from '@amtsbote/ops-api';

import { get } from '../../api.js';
import { announce, button, type Child, fill, h } from '../../dom.js';
import { amount, moment } from '../../format.js';
import { texts } from '../../language.js';
import type { Stage, View } from '../../view.js';
import { Differences } from './difference.js';
import { Findings } from './findings.js';
import { askRun } from './run-dialogs.js';
import { isUnderWay, mayCancel, mayGoBack } from './run-model.js';
import { countsTable, impactTable, kindOf, progressOf, runBadge } from './run-parts.js';

/** How often it is looked while the run goes on, in milliseconds. */
const WATCH_MS = 500;

/** One run: how far it is, what it changes and breaks, what is to be decided, what was wrong with the source. */
export async function runView({ main, session, path }: Stage): Promise<View> {
  const { catalogue: t } = texts();
  const id = path[1] ?? '';
  const [head, progress, body] = [h('div'), h('div'), h('div')];
  const [findings, differences] = [new Findings(), new Differences()];
  fill(
    main,
    h('p', {}, h('a', { id: 'back', href: '#/catalogue' }, `← ${t.back}`)),
    head,
    progress,
    body,
    findings.element,
    differences.element,
  );
  let state: RunView['state'] | undefined;
  let shown = '';
  const view: View = {
    title: `${t.run} ${id}`,
    refreshMs: () => (state !== undefined && isUnderWay({ state }) ? WATCH_MS : undefined),
    refresh: async () => {
      const run = await get<RunView>(`catalogue/runs/${encodeURIComponent(id)}`);
      fill(progress, progressOf(run));
      if (state !== undefined && state !== run.state) announce(`${t.run} ${run.id}: ${t.state[run.state]}`);
      state = run.state;
      // The progress changes all the time: what stays is not painted again, so that nobody loses their place in it.
      const { progress: _progress, objectsPerSecond: _pace, bytesPerSecond: _rate, remainingMs: _rest, ...lasting } = run;
      const now = JSON.stringify(lasting);
      if (now === shown) return;
      fill(head, ...header(run, view));
      fill(body, ...countsTable(run), ...impactTable(run, session.tenantNames));
      await findings.show(run);
      await differences.show(run);
      shown = now;
    },
  };
  return view;
}

function header(run: RunView, view: View): Child[] {
  const { catalogue: t } = texts();
  const act = (how: 'approve' | 'discard' | 'cancel' | 'rollback', look: 'primary' | 'secondary' = 'secondary'): HTMLElement =>
    button(t.act[how].label, () => askRun(run, how, view), { id: how, look });
  const actions = h(
    'div',
    { class: 'actions' },
    ...(run.state === 'held' ? [act('approve', 'primary'), act('discard')] : []),
    mayCancel(run) && run.state !== 'held' ? act('cancel') : undefined,
    mayGoBack(run) ? act('rollback') : undefined,
  );
  return [
    h('div', { class: 'title-row' }, h('h1', {}, `${t.run} ${run.id}: ${run.source}`), actions),
    h('p', { class: 'actions' }, runBadge(run)),
    run.state === 'held'
      ? h('div', { class: 'note', role: 'status' }, h('p', {}, t.heldText), h('ul', {}, ...(run.hold ?? []).map(reasonOf)))
      : undefined,
    run.failure === null
      ? undefined
      : h('p', { class: 'problem', role: 'alert' }, h('span', { class: 'mono' }, run.failure.code), ` ${run.failure.message}`),
    factsOf(run),
  ];
}

function reasonOf({ reason, kind, before, removed, detail }: Hold): HTMLElement {
  const { catalogue: t } = texts();
  if (reason === 'impact') return h('li', {}, t.holdImpact);
  if (kind === undefined || before === undefined || removed === undefined) return h('li', {}, detail);
  return h('li', {}, t.holdVanishing(amount(removed), amount(before), t.object[kind] ?? kind));
}

function factsOf(run: RunView): HTMLElement {
  const { catalogue: t } = texts();
  const fact = (label: string, value: string | null): Child =>
    value === null ? undefined : h('div', {}, h('dt', {}, label), h('dd', {}, value));
  return h(
    'dl',
    { class: 'facts' },
    fact(t.what, kindOf(run)),
    fact(t.mode, run.mode === null ? null : t.modes[run.mode]),
    fact(t.documentFile, run.document),
    fact(t.requested, moment(run.requestedAt)),
    fact(t.finished, run.finishedAt === null ? null : moment(run.finishedAt)),
    fact(t.who, run.actor),
    fact(t.version, run.version === null ? null : String(run.version)),
    fact(t.owner, isUnderWay(run) ? run.owner : null),
  );
}
