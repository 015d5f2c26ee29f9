// SPDX-License-Identifier: EUPL-1.2
import type { DeadLetterView, InstanceView, ProbeView, PullView, QueueView } from '@amtsbote/ops-api';

import { get, post } from '../api.js';
import { ask } from '../dialog.js';
import { announce, badge, button, type Child, dataTable, fill, h } from '../dom.js';
import { ago, lasting, moment } from '../format.js';
import { texts } from '../language.js';
import type { Stage, View } from '../view.js';
import { pullSection } from './pulls.js';

/** Adapters with pause and probe, pickup queues, dead letters. */
export async function instancesView({ main, session }: Stage): Promise<View> {
  const { instances: t, queues: q, letters: l } = texts();
  const [instances, probes, pulls, queues, letters] = [h('div'), h('div', { 'aria-live': 'polite' }), h('div'), h('div'), h('div')];
  const probe = button(t.probe, () => void runProbes(probes, probe), { id: 'probe', look: 'primary' });
  fill(
    main,
    h('div', { class: 'title-row' }, h('h1', {}, t.title), probe),
    instances,
    probes,
    pulls,
    h('h2', {}, q.title),
    queues,
    h('h2', {}, l.title),
    letters,
  );
  const view: View = {
    title: t.title,
    refresh: async () => {
      const known = await get<{ instances: InstanceView[] }>('instances');
      fill(instances, instanceTable(known.instances, view));
      const fetching = await get<{ pulls: PullView[] }>('pulls');
      fill(pulls, ...pullSection(fetching.pulls, view));
      const waiting = await get<{ queues: QueueView[] }>('queues');
      fill(queues, queueTable(waiting.queues, session.tenantNames));
      const dead = await get<{ deadLetters: DeadLetterView[] }>('dead-letters');
      fill(letters, ...letterTable(dead.deadLetters, view));
    },
  };
  return view;
}

function instanceTable(instances: readonly InstanceView[], view: View): HTMLElement {
  const t = texts().instances;
  const rows = instances.map((instance): Child[] => [
    instance.name,
    h('span', { class: 'small' }, instance.target),
    stateOf(instance),
    String(instance.due),
    String(instance.running),
    String(instance.awaiting),
    String(instance.parked),
    ago(instance.oldestDueAt),
    restOf(instance),
    instance.mayPause ? switchOf(instance, view) : h('span', { class: 'muted small' }, t.shared),
  ]);
  const head = [t.name, t.target, t.state, t.due, t.running, t.awaiting, t.parked, t.oldest, t.rest, t.actions];
  return dataTable(t.caption, head, rows, [3, 4, 5, 6, 7]);
}

function stateOf({ paused, pausedReason, pausedBy, breaker, openUntil, lastFailure }: InstanceView): HTMLElement {
  const t = texts().instances;
  const note = (text: string): HTMLElement => h('div', { class: 'small muted' }, text);
  if (paused) return h('div', {}, badge(t.paused, 'warning'), note(`${pausedReason ?? ''}, ${t.by} ${pausedBy ?? ''}`));
  if (breaker === 'closed') return badge(t.on, 'success');
  const until = openUntil === null || breaker === 'halfOpen' ? '' : ` · ${t.until} ${moment(openUntil)}`;
  return h('div', {}, badge(t[breaker], 'danger'), note(`${lastFailure?.code ?? ''}${until}`));
}

/** How long what is due will take, and whether one of the limits is near. */
function restOf({ capacity, due }: InstanceView): HTMLElement {
  const t = texts().instances;
  if (capacity === null || due === 0) return h('div', {}, capacity?.nearLimit === true ? badge(t.nearLimit, 'warning') : '–');
  const { remainingSeconds, nearLimit } = capacity;
  const rest = remainingSeconds === null ? t.restUnknown : lasting(remainingSeconds * 1_000);
  return h('div', {}, rest, nearLimit ? h('div', {}, badge(t.nearLimit, 'warning')) : undefined);
}

function switchOf({ name, paused }: InstanceView, view: View): HTMLElement {
  const { instances: t, dialog: d } = texts();
  const label = paused ? t.resume : t.pause;
  const open = (): void =>
    ask({
      title: `${paused ? d.resumeTitle : d.pauseTitle}: ${name}`,
      text: paused ? d.resumeText : d.pauseText,
      label,
      act: async (reason) => {
        await post(`instances/${encodeURIComponent(name)}/${paused ? 'resume' : 'pause'}`, { reason });
        announce(`${name}: ${paused ? t.on : t.paused}`);
        await view.refresh();
      },
    });
  return button(label, open, { id: `switch-${name}`, 'aria-label': `${label}: ${name}` });
}

async function runProbes(container: HTMLElement, trigger: HTMLElement): Promise<void> {
  const t = texts().instances;
  trigger.setAttribute('aria-disabled', 'true');
  fill(container, h('p', { class: 'muted' }, t.probing));
  const { probes } = await post<{ probes: ProbeView[] }>('probes');
  trigger.removeAttribute('aria-disabled');
  fill(container, h('h2', {}, t.probed), h('ul', { class: 'probes' }, ...probes.map(probeItem)));
}

function probeItem({ name, target, ok, checks, durationMs }: ProbeView): HTMLElement {
  const t = texts().instances;
  const lines = checks.map((check) => h('li', {}, `${check.ok ? '✓' : '✗'} ${check.name}: ${check.detail}`));
  return h(
    'li',
    { class: ok ? '' : 'bad' },
    h('div', { class: 'title-row' }, h('strong', {}, name), badge(ok ? t.healthy : t.unhealthy, ok ? 'success' : 'danger')),
    h('div', { class: 'small muted' }, `${target} · ${durationMs} ms`),
    h('ul', {}, ...lines),
  );
}

function queueTable(queues: readonly QueueView[], tenants: Readonly<Record<string, string>>): HTMLElement {
  const t = texts().queues;
  if (queues.length === 0) return h('p', { class: 'empty' }, t.empty);
  const rows = queues.map(({ name, tenant, offered, leased, rejected, oldestOfferedAt, lastCollectedAt }) => [
    name,
    tenants[tenant] ?? tenant,
    String(offered),
    String(leased),
    String(rejected),
    ago(oldestOfferedAt),
    lastCollectedAt === null ? t.never : moment(lastCollectedAt),
  ]);
  return dataTable(t.caption, [t.name, t.tenant, t.offered, t.leased, t.rejected, t.oldest, t.last], rows, [2, 3, 4, 5]);
}

function letterTable(letters: readonly DeadLetterView[], view: View): Child[] {
  const { letters: t, dialog: d } = texts();
  if (letters.length === 0) return [h('p', { class: 'muted' }, t.empty)];
  const rows = letters.map(({ type, applicationId, reason, diedAt }) => [
    type,
    applicationId === null ? '–' : h('a', { id: `letter-${applicationId}`, href: `#/applications/${applicationId}` }, applicationId),
    reason,
    moment(diedAt),
  ]);
  const act = async (reason: string): Promise<void> => {
    await post('dead-letters/redrive', { reason });
    await view.refresh();
  };
  const redrive = button(t.redrive, () => ask({ title: d.redriveTitle, text: d.redriveText, label: t.redrive, act }), { id: 'redrive' });
  return [h('p', {}, redrive), dataTable(t.caption, [t.type, t.application, t.reason, t.died], rows)];
}
