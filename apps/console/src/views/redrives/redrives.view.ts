// SPDX-License-Identifier: EUPL-1.2
import type { RedriveJobView, RedriveState } from '@amtsbote/ops-api';

import { get, post } from '../../api.js';
import { ask } from '../../dialog.js';
import { announce, badge, button, type Child, dataTable, fill, h } from '../../dom.js';
import { amount, lasting, moment, valueText } from '../../format.js';
import { texts } from '../../language.js';
import type { Stage, View } from '../../view.js';
import { askRedrive } from './redrive-dialog.js';

/** How often it is looked while one is under way, in milliseconds. */
const WATCH_MS = 1_000;
type Turn = 'pause' | 'resume' | 'cancel';
/** What may be done with a job in this state. */
const TURNS: Readonly<Record<RedriveState, readonly Turn[]>> = {
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  done: [],
  cancelled: [],
};
const TONES = { running: 'info', paused: 'warning', done: 'success', cancelled: 'neutral' } as const;

/** Redrives in bulk: how far they are, pause, resume, cancel, and a new one. */
export async function redrivesView({ main, session }: Stage): Promise<View> {
  const { redrives: t } = texts();
  const results = h('div');
  const start = button(t.start, () => askRedrive({}, session.tenantNames), { id: 'start-redrive', look: 'primary' });
  fill(
    main,
    h('p', {}, h('a', { id: 'back', href: '#/parked' }, `← ${t.back}`)),
    h('div', { class: 'title-row' }, h('h1', {}, t.title), start),
    h('p', { class: 'muted' }, t.intro),
    results,
  );
  let isWatching = false;
  const view: View = {
    title: t.title,
    refreshMs: () => (isWatching ? WATCH_MS : undefined),
    refresh: async () => {
      const { redrives } = await get<{ redrives: RedriveJobView[] }>('redrives');
      isWatching = redrives.some(({ state }) => state === 'running');
      if (redrives.length === 0) fill(results, h('p', { class: 'empty' }, t.empty));
      else {
        const rows = redrives.map((job) => rowOf(job, view));
        fill(results, dataTable(t.caption, [t.order, t.stateHead, t.progress, t.who, t.actions], rows));
      }
    },
  };
  return view;
}

function rowOf(job: RedriveJobView, view: View): Child[] {
  const { redrives: t } = texts();
  return [orderOf(job), badge(t.state[job.state], TONES[job.state]), progressOf(job), whoOf(job), actionsOf(job, view)];
}

function orderOf({ what, filter, requestedAt }: RedriveJobView): HTMLElement {
  const { redrives: t, field } = texts();
  const given = Object.entries(filter).map(([name, value]) => `${field[name] ?? name} ${valueText(value)}`);
  return h('div', {}, t.whats[what], h('div', { class: 'small muted' }, [moment(requestedAt), ...given].join(' · ')));
}

function progressOf({ redriven, refused, matched, remainingSeconds, id }: RedriveJobView): HTMLElement {
  const { redrives: t } = texts();
  const settled = redriven + refused;
  const label = `redrive-progress-${id}`;
  const rest = remainingSeconds === null ? undefined : `, ${t.remaining} ${lasting(remainingSeconds * 1_000)}`;
  return h(
    'div',
    {},
    h('progress', { max: String(Math.max(matched, settled)), value: String(settled), 'aria-labelledby': label }),
    h('div', { class: 'small', id: label }, t.progressText(settled, matched), rest),
    refused === 0 ? undefined : h('div', { class: 'small muted' }, t.refused(refused)),
  );
}

function whoOf({ actor, reason, stateBy, stateReason, state }: RedriveJobView): HTMLElement {
  const turned = state === 'paused' || state === 'cancelled' ? h('div', { class: 'small muted' }, `${stateBy}: ${stateReason}`) : undefined;
  return h('div', {}, actor, h('div', { class: 'small muted' }, reason), turned);
}

function actionsOf(job: RedriveJobView, view: View): HTMLElement {
  const { redrives: t } = texts();
  const turns = TURNS[job.state].map((turn) => button(t.turn[turn].label, () => askTurn(job, turn, view), { id: `${turn}-${job.id}` }));
  return h('div', { class: 'actions' }, ...turns);
}

function askTurn({ id, matched }: RedriveJobView, turn: Turn, view: View): void {
  const { redrives: t } = texts();
  ask({
    title: `${t.turn[turn].title} (${amount(matched)})`,
    text: t.turn[turn].text,
    label: t.turn[turn].label,
    act: async (reason) => {
      const after = await post<RedriveJobView>(`redrives/${id}/${turn}`, { reason });
      announce(t.state[after.state]);
      await view.refresh();
    },
  });
}
