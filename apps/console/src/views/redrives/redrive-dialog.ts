// SPDX-License-Identifier: EUPL-1.2
import type { RedriveJobView, RedrivePreview, RedriveWhat } from '@amtsbote/ops-api';

import { post } from '../../api.js';
import { ask, problemText } from '../../dialog.js';
import { button, fill, h } from '../../dom.js';
import { texts } from '../../language.js';

const RATE_DEFAULT = 5;
const GROUPS_SHOWN = 8;
const WHATS: readonly RedriveWhat[] = ['steps', 'deadLetters'];
const TEXT_FIELDS = ['instance', 'code', 'route', 'tenant'] as const;

/** What the dialog starts with. */
export interface Preset {
  readonly instance?: string;
  readonly code?: string;
}

/** Asks which ones and how, counts on demand, starts the job and opens the list of jobs. */
export function askRedrive(preset: Preset, tenantNames: Readonly<Record<string, string>>): void {
  const { redrives: t } = texts();
  const counted = h('div', { id: 'counted', role: 'status' });
  const fields = [
    select(
      'what',
      t.what,
      WHATS.map((what) => [what, t.whats[what]]),
    ),
    select('tenant', t.tenant, [['', t.all], ...Object.entries(tenantNames)]),
    input('instance', t.instance, { value: preset.instance ?? '', maxlength: '200' }),
    input('code', t.code, { value: preset.code ?? '', maxlength: '500' }),
    input('route', t.route, { maxlength: '200' }),
    input('from', t.from, { type: 'datetime-local' }),
    input('to', t.to, { type: 'datetime-local' }),
    input('rate', t.rate, { type: 'number', min: '0.1', max: '100', step: '0.1', value: String(RATE_DEFAULT), required: true }),
    h(
      'div',
      { class: 'choice' },
      h('input', { type: 'checkbox', id: 'redrive-uncertain', name: 'uncertain', value: 'true' }),
      h('label', { for: 'redrive-uncertain' }, t.uncertain),
    ),
    counted,
  ];
  const count = button(t.count, () => void showCount(counted), { id: 'count' });
  ask({
    title: t.startTitle,
    text: t.startText,
    label: t.go,
    fields,
    extras: [count],
    act: async (reason, form) => {
      const order = { ...filterOf(form), reason, ratePerSecond: Number(form.get('rate')), uncertain: form.get('uncertain') === 'true' };
      await post<RedriveJobView>('redrives', order);
      location.hash = '#/redrives';
    },
  });
}

async function showCount(counted: HTMLElement): Promise<void> {
  const { redrives: t } = texts();
  const form = counted.closest('form');
  if (form === null) return;
  fill(counted, h('p', { class: 'muted' }, t.counting));
  try {
    const { matched, uncertain, groups } = await post<RedrivePreview>('redrives/preview', filterOf(new FormData(form)));
    const lines = groups
      .slice(0, GROUPS_SHOWN)
      .map((group) => h('li', {}, `${group.count} × `, h('span', { class: 'mono' }, group.code), ` (${group.instance ?? group.kind})`));
    fill(counted, h('p', {}, t.counted(matched, uncertain)), h('ul', {}, ...lines));
  } catch (error) {
    fill(counted, h('p', { class: 'problem' }, problemText(error)));
  }
}

/** What was filled in; empty fields filter nothing. */
function filterOf(form: FormData): Record<string, string> {
  const given: Record<string, string> = { what: textOf(form, 'what') };
  for (const name of TEXT_FIELDS) if (textOf(form, name) !== '') given[name] = textOf(form, name);
  for (const name of ['from', 'to']) if (textOf(form, name) !== '') given[name] = new Date(textOf(form, name)).toISOString();
  return given;
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

function input(name: string, label: string, attributes: Readonly<Record<string, string | boolean>>): HTMLElement {
  const id = `redrive-${name}`;
  return h('div', { class: 'field' }, h('label', { for: id }, label), h('input', { id, name, type: 'text', ...attributes }));
}

function select(name: string, label: string, options: readonly (readonly [string, string])[]): HTMLElement {
  const id = `redrive-${name}`;
  const choices = options.map(([value, text]) => h('option', { value }, text));
  return h('div', { class: 'field' }, h('label', { for: id }, label), h('select', { id, name }, ...choices));
}
