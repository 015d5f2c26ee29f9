// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDetail, Cancelled, Rerouted, RouteName, StepView } from '@amtsbote/ops-api';

import { get, post, Problem } from '../api.js';
import { ask, problemText } from '../dialog.js';
import { announce, button, h } from '../dom.js';
import { texts } from '../language.js';
import type { View } from '../view.js';

/** Asks how and why to retry a step. */
export function askRetry(step: StepView, view: View): void {
  const { dialog: t, application } = texts();
  const choices = [
    ['', t.retryAsk, true],
    ['act', t.retryAct, step.actions.includes('forceAct')],
    ['confirmDone', t.retryDone, step.actions.includes('confirmDone')],
  ] as const;
  const offered = choices.filter(([, , isOffered]) => isOffered);
  const radios = offered.map(([value, label]) => {
    const input = h('input', { type: 'radio', name: 'force', value, id: `force-${value}`, checked: value === '' });
    return h('div', { class: 'choice' }, input, h('label', { for: `force-${value}` }, label));
  });
  ask({
    title: `${t.retryTitle}: ${step.name}`,
    label: application.retry,
    fields: offered.length > 1 ? [h('fieldset', {}, h('legend', {}, t.retryHow), ...radios)] : [],
    act: async (reason, form) => {
      const force = form.get('force');
      await post(`steps/${step.id}/retry`, { reason, ...(typeof force === 'string' && force !== '' ? { force } : {}) });
      await view.refresh();
    },
  });
}

/** Asks why to go on without a step. */
export function askSkip(step: StepView, view: View): void {
  const { dialog: t, application } = texts();
  ask({
    title: `${t.skipTitle}: ${step.name}`,
    text: t.skipText,
    label: application.skip,
    act: async (reason) => {
      await post(`steps/${step.id}/skip`, { reason });
      await view.refresh();
    },
  });
}

/** Asks why to cancel. */
export function askCancel({ id, reference }: ApplicationDetail, view: View): void {
  const { dialog: t, application, progress } = texts();
  ask({
    title: `${t.cancelTitle}: ${reference}`,
    text: t.cancelText,
    label: application.cancel,
    act: async (reason) => {
      const { openPayments } = await post<Cancelled>(`applications/${id}/cancel`, { reason });
      announce(openPayments > 0 ? t.openPayment : progress.cancelled);
      await view.refresh();
    },
  });
}

/** Asks where to and why, with a preview of what would stay and what would end. */
export async function askReroute({ id, reference }: ApplicationDetail, view: View): Promise<void> {
  const { dialog: t, application, list } = texts();
  const { routes } = await get<{ routes: RouteName[] }>('routes');
  const options = [h('option', { value: '' }, t.rerouteMatch), ...routes.map(({ name }) => h('option', { value: name }, name))];
  const select = h('select', { id: 'route', name: 'route' }, ...options);
  const preview = h('p', { class: 'note', role: 'status', hidden: true });
  const order = (): Record<string, string> => (select.value === '' ? {} : { route: select.value });
  const show = async (): Promise<void> => {
    preview.hidden = false;
    try {
      const plan = await post<Rerouted>(`applications/${id}/reroute`, { ...order(), dryRun: true, reason: t.preview });
      const names = (all: readonly string[]): string => (all.length === 0 ? t.nothing : all.join(', '));
      preview.textContent = t.previewText(names(plan.kept), names(plan.cancelled), names(plan.added));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      preview.textContent = problemText(error);
    }
  };
  select.addEventListener('change', () => (preview.hidden = true));
  ask({
    title: `${t.rerouteTitle}: ${reference}`,
    text: t.rerouteText,
    label: application.reroute,
    fields: [h('div', { class: 'field' }, h('label', { for: 'route' }, list.route), select), preview],
    extras: [button(t.preview, () => void show())],
    act: async (reason) => {
      await post<Rerouted>(`applications/${id}/reroute`, { ...order(), reason });
      await view.refresh();
    },
  });
}
