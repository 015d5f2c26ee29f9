// SPDX-License-Identifier: EUPL-1.2
import type { FormVersionView } from '@amtsbote/ops-api';

import { get } from '../../api.js';
import { badge, type Child, dataTable, fill, h } from '../../dom.js';
import { ago, amount } from '../../format.js';
import { texts } from '../../language.js';
import type { Stage, View } from '../../view.js';

/** Forms as they come in, version by version, with what becomes of their fields. */
export async function formVersionsView({ main, session }: Stage): Promise<View> {
  const { forms: t } = texts();
  const results = h('div');
  fill(main, h('h1', {}, t.title), h('p', { class: 'muted' }, t.intro), results);
  return {
    title: t.title,
    refresh: async () => {
      const { formVersions } = await get<{ formVersions: FormVersionView[] }>('form-versions');
      if (formVersions.length === 0) fill(results, h('p', { class: 'empty' }, t.empty));
      else {
        const head = [t.form, t.endpoint, t.tenant, t.submissions, t.fate.mapped, t.fate.unmapped, t.fate.ignored, t.last, t.notices];
        const rows = formVersions.map((version) => rowOf(version, session.tenantNames));
        fill(results, dataTable(t.caption, head, rows, [3, 4, 5, 6]));
      }
    },
  };
}

/** `Gewerbeanmeldung · 2`: a form and its version, as far as the sender names them. */
export function nameOf({ formId, formVersion }: Pick<FormVersionView, 'formId' | 'formVersion'>): string {
  const { forms: t } = texts();
  return `${formId === '' ? t.noForm : formId} · ${formVersion === '' ? t.noVersion : formVersion}`;
}

function rowOf(version: FormVersionView, tenants: Readonly<Record<string, string>>): Child[] {
  const { id, endpoint, tenant, submissions, fields, lastAt, notices } = version;
  return [
    h('a', { id: `form-${id}`, href: `#/forms/${id}` }, nameOf(version)),
    endpoint,
    tenants[tenant] ?? tenant,
    amount(submissions),
    amount(fields.mapped),
    amount(fields.unmapped),
    amount(fields.ignored),
    ago(lastAt),
    notices === 0 ? '–' : badge(amount(notices), 'warning'),
  ];
}
