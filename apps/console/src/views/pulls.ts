// SPDX-License-Identifier: EUPL-1.2
import type { PullAsked, PullSourceView, PullView } from '@amtsbote/ops-api';

import { post } from '../api.js';
import { ask } from '../dialog.js';
import { announce, badge, button, type Child, dataTable, h } from '../dom.js';
import { ago, moment } from '../format.js';
import { texts } from '../language.js';
import type { View } from '../view.js';

/** Form servers that are asked for submissions; nothing where none is. */
export function pullSection(pulls: readonly PullView[], view: View): Child[] {
  const t = texts().pulls;
  if (pulls.length === 0) return [];
  const rows = pulls.flatMap((pull) =>
    pull.sources.map((source, index): Child[] => [
      pull.endpoint,
      source.source,
      stateOf(pull, source),
      source.succeededAt === null ? t.never : moment(source.succeededAt),
      String(source.accepted),
      String(source.held.retrying + source.held.unacknowledged),
      source.held.kept > 0 ? badge(String(source.held.kept), 'warning') : '0',
      ago(source.oldestHeldAt),
      pull.mayPause && index === 0 ? askButton(pull, view) : '',
    ]),
  );
  const head = [t.endpoint, t.source, t.state, t.success, t.accepted, t.held, t.kept, t.oldest, t.actions];
  return [h('h2', {}, t.title), dataTable(t.caption, head, rows, [4, 5, 6])];
}

function stateOf({ paused, pausedReason, pausedBy, breaker, openUntil }: PullView, source: PullSourceView): HTMLElement {
  const t = texts().pulls;
  const note = (text: string): HTMLElement => h('div', { class: 'small muted' }, text);
  if (paused) return h('div', {}, badge(t.paused, 'warning'), note(`${pausedReason ?? ''}, ${t.by} ${pausedBy ?? ''}`));
  const code = source.failure?.code ?? '';
  if (breaker !== 'closed')
    return h('div', {}, badge(t.open, 'danger'), note(openUntil === null ? code : `${code} · ${moment(openUntil)}`));
  if (source.failures > 0)
    return h('div', {}, badge(`${t.failing} ${source.failures}×`, 'danger'), note(`${code} · ${moment(source.dueAt)}`));
  return badge(t.states[source.state], 'success');
}

function askButton({ endpoint }: PullView, view: View): HTMLElement {
  const t = texts().pulls;
  const act = async (reason: string): Promise<void> => {
    await post<PullAsked>(`pulls/${encodeURIComponent(endpoint)}/ask`, { reason });
    announce(`${endpoint}: ${t.asked}`);
    await view.refresh();
  };
  const open = (): void => ask({ title: `${t.ask}: ${endpoint}`, text: t.askText, label: t.ask, act });
  return button(t.ask, open, { id: `ask-${endpoint}`, 'aria-label': `${t.ask}: ${endpoint}` });
}
