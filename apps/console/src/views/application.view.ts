// SPDX-License-Identifier: EUPL-1.2
import type { StepState } from '@amtsbote/canonical';
import type { ApplicationDetail, InstanceView, RelatedApplication, StepView, Timeline } from '@amtsbote/ops-api';

import { get } from '../api.js';
import { announce, badge, button, type Child, dataTable, fill, h } from '../dom.js';
import { amount, moment } from '../format.js';
import { texts } from '../language.js';
import type { Stage, View } from '../view.js';
import { askCancel, askReroute, askRetry, askSkip } from './application.dialogs.js';
import { progressBadge } from './list.view.js';
import { story } from './story.js';

const TONE: Readonly<Record<StepState, Parameters<typeof badge>[1]>> = {
  waiting: 'neutral',
  due: 'info',
  running: 'info',
  awaiting: 'info',
  retrying: 'warning',
  inDoubt: 'warning',
  parked: 'danger',
  done: 'success',
  skipped: 'neutral',
  cancelled: 'neutral',
};

/** One application: what it is, its Laufzettel, its story. */
export async function applicationView({ main, session, path }: Stage): Promise<View> {
  const t = texts().application;
  const id = path[1] ?? '';
  const [head, steps, timeline] = [h('div'), h('div'), h('div')];
  const technical = h('input', { type: 'checkbox', id: 'technical', checked: true });
  fill(
    main,
    h('p', {}, h('a', { href: '#/applications' }, `← ${t.back}`)),
    head,
    h('h2', {}, t.laufzettel),
    steps,
    h('div', { class: 'title-row section-title' }, h('h2', {}, t.story), h('label', { class: 'small' }, technical, ` ${t.technical}`)),
    timeline,
  );
  let shown = '';
  const view: View = {
    title: t.story,
    refresh: async () => {
      const known = await get<Timeline>(`applications/${encodeURIComponent(id)}/timeline`);
      const { instances } = await get<{ instances: InstanceView[] }>('instances');
      const now = JSON.stringify([known, instances.map(({ name, paused, breaker }) => [name, paused, breaker]), technical.checked]);
      if (now === shown) return;
      fill(head, ...header(known.application, session.tenantNames, view), violationList(known.application), relatedList(known.related));
      fill(steps, laufzettel(known.application, instances, view));
      fill(timeline, story(known.entries, technical.checked));
      if (shown !== '') announce(texts().refreshed);
      shown = now;
    },
  };
  technical.addEventListener('change', () => void view.refresh());
  return view;
}

function header(application: ApplicationDetail, tenants: Readonly<Record<string, string>>, view: View): Child[] {
  const { application: t, list, state } = texts();
  const isOver = application.progress === 'finished' || application.progress === 'cancelled';
  const fact = (label: string, value: Child): Child => h('div', {}, h('dt', {}, label), h('dd', {}, value));
  const actions = h(
    'div',
    { class: 'actions' },
    button(t.reroute, () => void askReroute(application, view), { id: 'reroute' }),
    button(t.cancel, () => askCancel(application, view), { id: 'cancel' }),
  );
  return [
    h(
      'div',
      { class: 'title-row' },
      h('h1', {}, h('span', { class: 'mono' }, application.reference), ` ${application.service}`),
      isOver ? undefined : actions,
    ),
    h('p', { class: 'actions' }, progressBadge(application.progress), badge(`${list.state}: ${state[application.state]}`, 'neutral')),
    note(application),
    h(
      'dl',
      { class: 'facts' },
      fact(list.received, moment(application.receivedAt)),
      fact(list.tenant, tenants[application.tenant] ?? application.tenant),
      fact(list.route, application.route ?? list.noRoute),
      fact(t.endpoint, application.endpoint),
      fact(t.submissionId, application.submissionId),
      fact(t.id, application.id),
      application.leikaKey === null ? undefined : (fact(t.leika, application.leikaKey) as HTMLElement),
      fact(t.attachments, String(application.attachments)),
      application.unmapped === 0 ? undefined : (fact(t.unmapped, String(application.unmapped)) as HTMLElement),
      application.finishedAt === null ? undefined : (fact(t.finished, moment(application.finishedAt)) as HTMLElement),
    ),
  ];
}

/** Where the form does not fit its schema: places and rules, never what stands there. */
function violationList({ violations: found }: ApplicationDetail): Child {
  const { forms: t } = texts();
  if (found === null) return undefined;
  const rows = found.violations.map(({ path, rule, message }) => [h('code', { class: 'mono' }, path), rule, message]);
  const title = `${t.violations} ${found.schema} (${amount(found.count)})`;
  return h('section', {}, h('h2', {}, title), dataTable(title, [t.field, t.rule, t.expected], rows));
}

/** Applications of the same case, each a link where it is here. */
function relatedList(related: readonly RelatedApplication[]): Child {
  const { application: t } = texts();
  if (related.length === 0) return undefined;
  const other = ({ reference, id }: RelatedApplication): Child =>
    id === null ? `${reference} (${t.notHere})` : h('a', { href: `#/applications/${encodeURIComponent(id)}`, class: 'mono' }, reference);
  const items = related.map((each) => h('li', {}, `${t.relation[each.direction][each.kind]}: `, other(each)));
  return h('section', {}, h('h2', {}, t.related), h('ul', {}, ...items));
}

/** Why an application stands still although none of its steps is parked. */
function note({ progress, route, steps, violations }: ApplicationDetail): Child {
  const t = texts().application;
  if (progress === 'shadow') return h('p', { class: 'note' }, t.shadow);
  if (progress !== 'parked' || steps.some(({ state }) => state === 'parked')) return undefined;
  if (route === null && violations?.policy === 'park') return h('p', { class: 'note' }, texts().hint['schemaViolated']);
  return h('p', { class: 'note' }, route === null ? t.noSteps : t.nobodyDecides);
}

function laufzettel(application: ApplicationDetail, instances: readonly InstanceView[], view: View): HTMLElement {
  const { application: t, step: states, kind } = texts();
  if (application.steps.length === 0) return h('p', { class: 'empty' }, application.progress === 'shadow' ? t.shadow : t.noSteps);
  const rows = application.steps.map((step) => [
    h('div', {}, step.name, h('div', { class: 'small muted' }, kind[step.kind])),
    step.instance,
    badge(states[step.state], TONE[step.state]),
    String(step.attempts),
    notesOf(step, instances),
    stepActions(step, application, view),
  ]);
  return dataTable(t.laufzettel, [t.step, t.target, t.state, t.attempts, t.notes, t.actions], rows, [3]);
}

function notesOf(step: StepView, instances: readonly InstanceView[]): HTMLElement {
  const { application: t, hint } = texts();
  const { failure, state, dueAt } = step;
  const instance = instances.find(({ name }) => name === step.instance);
  const isOpen = state === 'due' || state === 'retrying' || state === 'inDoubt';
  const parts: Child[] = [];
  if (failure !== null) {
    const advice = hint[failure.hintKey ?? ''];
    const said = advice === undefined ? failure.message : h('span', {}, advice, h('div', { class: 'small' }, failure.message));
    parts.push(h('div', {}, h('span', { class: 'mono' }, failure.code), h('br'), said));
  }
  if (isOpen && instance?.paused === true) parts.push(h('div', {}, t.paused));
  else if (isOpen && instance !== undefined && instance.breaker !== 'closed') parts.push(h('div', {}, t.circuit));
  else if (dueAt !== null && (state === 'retrying' || state === 'inDoubt'))
    parts.push(h('div', { class: 'small' }, `${t.nextAttempt}: ${moment(dueAt)}`));
  if (dueAt !== null && state === 'awaiting') parts.push(h('div', { class: 'small' }, `${t.nextLook}: ${moment(dueAt)}`));
  return h('div', { class: 'failure' }, ...parts);
}

function stepActions(step: StepView, application: ApplicationDetail, view: View): HTMLElement {
  const t = texts().application;
  const label = (action: string): string => `${action}: ${step.name}, ${application.reference}`;
  const open = (name: string, action: string, look: 'primary' | 'secondary', act: () => void): HTMLElement =>
    button(action, act, { id: `${name}-${step.id}`, 'aria-label': label(action), look });
  return h(
    'div',
    { class: 'actions' },
    step.actions.includes('retry')
      ? open('retry', t.retry, step.state === 'parked' ? 'primary' : 'secondary', () => askRetry(step, view))
      : undefined,
    step.actions.includes('skip') ? open('skip', t.skip, 'secondary', () => askSkip(step, view)) : undefined,
  );
}
