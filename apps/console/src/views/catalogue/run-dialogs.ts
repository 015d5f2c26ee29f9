// SPDX-License-Identifier: EUPL-1.2
import type { RunView, SourceView } from '@amtsbote/ops-api';

import { post, postFile } from '../../api.js';
import { ask } from '../../dialog.js';
import { h } from '../../dom.js';
import { texts } from '../../language.js';
import type { View } from '../../view.js';

/** Opens a run's page; whoever asked for it wants to see it. */
function watch({ id }: RunView): void {
  location.hash = `#/catalogue/${id}`;
}

function choice(kind: 'radio' | 'checkbox', name: string, value: string, label: string, checked = false): HTMLElement {
  const id = `${name}-${value}`;
  const input = h('input', { type: kind, name, value, id, checked });
  return h('div', { class: 'choice' }, input, h('label', { for: id }, label));
}

/** Asks how to read a source. */
export function askSync({ name }: SourceView): void {
  const { catalogue: t } = texts();
  const fields = [
    h(
      'fieldset',
      {},
      h('legend', {}, t.syncHow),
      choice('radio', 'full', 'false', t.syncDelta, true),
      choice('radio', 'full', 'true', t.syncFull),
    ),
    choice('checkbox', 'dryRun', 'true', t.syncDry),
  ];
  ask({
    title: `${t.syncTitle}: ${name}`,
    label: t.sync,
    fields,
    needsReason: false,
    act: async (_reason, form) => {
      const order = { full: form.get('full') === 'true', dryRun: form.get('dryRun') === 'true' };
      watch(await post<RunView>(`catalogue/sources/${encodeURIComponent(name)}/runs`, order));
    },
  });
}

/** Asks for a document and what it is. */
export function askDocument({ name }: SourceView): void {
  const { catalogue: t } = texts();
  const file = h('input', { type: 'file', id: 'file', name: 'file', required: true, accept: '.xml,.zip,.json,application/xml,text/xml' });
  const fields = [
    h('div', { class: 'field' }, h('label', { for: 'file' }, t.documentFile), file),
    h(
      'fieldset',
      {},
      h('legend', {}, t.documentWhat),
      choice('radio', 'mode', 'increments', t.documentIncrements, true),
      choice('radio', 'mode', 'snapshot', t.documentSnapshot),
    ),
    choice('checkbox', 'dryRun', 'true', t.syncDry),
  ];
  ask({
    title: `${t.documentTitle}: ${name}`,
    label: t.document,
    fields,
    needsReason: false,
    act: async (_reason, form) => {
      const chosen = file.files?.[0];
      if (chosen === undefined) return;
      const mode = form.get('mode') === 'snapshot' ? 'snapshot' : 'increments';
      const query = { mode, name: chosen.name.slice(0, 200), dryRun: String(form.get('dryRun') === 'true') };
      watch(await postFile<RunView>(`catalogue/sources/${encodeURIComponent(name)}/documents`, query, chosen));
    },
  });
}

/** Asks whether it is to be so: the run goes on, ends, or is gone back to. */
export function askRun(run: RunView, how: 'approve' | 'discard' | 'cancel' | 'rollback', view: View): void {
  const { catalogue: t } = texts();
  ask({
    title: `${t.act[how].title}: ${t.run} ${run.id}`,
    text: t.act[how].text,
    label: t.act[how].label,
    needsReason: false,
    act: async () => {
      const after = await post<RunView>(`catalogue/runs/${run.id}/${how}`);
      if (how === 'rollback') watch(after);
      else await view.refresh();
    },
  });
}
