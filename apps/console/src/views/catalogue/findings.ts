// SPDX-License-Identifier: EUPL-1.2
import type { FindingView, RunView } from '@amtsbote/ops-api';

import { addressOf, get } from '../../api.js';
import { badge, button, type Child, dataTable, fill, h } from '../../dom.js';
import { amount } from '../../format.js';
import { texts } from '../../language.js';

const PAGE = 200;

/** What was wrong with the source: a table that grows when asked, and everything as CSV. Read anew only when their number changes. */
export class Findings {
  readonly element = h('div');
  private known: FindingView[] = [];
  private counted = '';

  async show({ id, findings }: RunView): Promise<void> {
    const counted = `${id} ${findings.muss} ${findings.soll}`;
    if (counted === this.counted) return;
    this.counted = counted;
    this.known = [];
    await this.more(id, findings);
  }

  private async more(run: number, counts: RunView['findings']): Promise<void> {
    const total = counts.muss + counts.soll;
    if (total > 0) {
      const after = String(this.known.at(-1)?.no ?? 0);
      const page = await get<{ findings: FindingView[] }>(`catalogue/runs/${run}/findings`, { after, limit: String(PAGE) });
      this.known = [...this.known, ...page.findings];
    }
    fill(this.element, ...this.parts(run, counts, total));
  }

  private parts(run: number, counts: RunView['findings'], total: number): Child[] {
    const { catalogue: t } = texts();
    const title = h('h2', {}, t.findings);
    if (total === 0) return [title, h('p', { class: 'muted' }, t.noFindings)];
    const csv = h('a', { id: 'csv', href: addressOf(`catalogue/runs/${run}/findings`, { format: 'csv' }), download: true }, t.csv);
    const rows = this.known.map(({ severity, code, message, document, line, kind, agency, id }) => [
      badge(t.severity[severity], severity === 'muss' ? 'danger' : 'warning'),
      h('span', { class: 'mono' }, code),
      message,
      line === null ? document : `${document}, ${t.line} ${line}`,
      kind === null ? '–' : h('div', {}, t.object[kind] ?? kind, h('div', { class: 'small mono' }, `${agency ?? ''}:${id ?? ''}`)),
    ]);
    const rest = total - this.known.length;
    return [
      h('div', { class: 'title-row section-title' }, title, csv),
      h('p', { class: 'small' }, t.findingCounts(amount(counts.muss), amount(counts.soll))),
      dataTable(t.findings, [t.severityHead, t.code, t.message, t.place, t.objects], rows),
      rest > 0
        ? h(
            'p',
            { class: 'actions section-title' },
            button(t.moreFindings(amount(rest)), () => void this.more(run, counts), { id: 'more' }),
          )
        : undefined,
    ];
  }
}
