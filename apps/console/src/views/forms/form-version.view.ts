// SPDX-License-Identifier: EUPL-1.2
import type { FieldFate, FormFieldView, FormNoticeView, FormVersionDetail, NoticesSeen } from '@amtsbote/ops-api';

import { get, post } from '../../api.js';
import { ask } from '../../dialog.js';
import { announce, badge, button, type Child, dataTable, fill, h } from '../../dom.js';
import { amount, moment } from '../../format.js';
import { texts } from '../../language.js';
import type { Stage, View } from '../../view.js';
import { nameOf } from './form-versions.view.js';

const TONES = { mapped: 'success', unmapped: 'warning', ignored: 'neutral' } as const;

/** One form version: its fields, how often each came, and what was noticed. */
export async function formVersionView({ main, path, session }: Stage): Promise<View> {
  const { forms: t } = texts();
  const address = `form-versions/${encodeURIComponent(path[1] ?? '')}`;
  const version = await get<FormVersionDetail>(address);
  const [head, notices, fields] = [h('div'), h('div'), h('div')];
  fill(main, h('p', {}, h('a', { id: 'back', href: '#/forms' }, `← ${t.back}`)), head, notices, h('h2', {}, t.fields), fields);
  const view: View = {
    title: nameOf(version),
    refresh: async () => {
      const now = await get<FormVersionDetail>(address);
      const confirm = button(t.confirm, () => askConfirm(address, view), { id: 'confirm-notices', look: 'primary' });
      const where = [now.endpoint, session.tenantNames[now.tenant] ?? now.tenant, `${amount(now.submissions)} ${t.submissions}`].join(
        ' · ',
      );
      fill(
        head,
        h('div', { class: 'title-row' }, h('h1', {}, nameOf(now)), now.notices === 0 ? undefined : confirm),
        h('p', { class: 'muted' }, where),
      );
      fill(notices, dataTable(t.noticesCaption, [t.raised, t.notices, t.fields, t.seen], now.noticeList.map(noticeRow)));
      fill(fields, dataTable(t.fieldsCaption, [t.field, t.fateHead, t.submissions, t.first, t.last], now.fieldList.map(fieldRow), [2]));
    },
  };
  return view;
}

function fateBadge(fate: FieldFate): HTMLElement {
  return badge(texts().forms.fate[fate], TONES[fate]);
}

function fieldRow({ path, fate, submissions, firstAt, lastAt }: FormFieldView): Child[] {
  return [h('code', { class: 'mono' }, path), fateBadge(fate), amount(submissions), moment(firstAt), moment(lastAt)];
}

function noticeRow({ kind, fields, raisedAt, seenAt, seenBy }: FormNoticeView): Child[] {
  const { forms: t } = texts();
  const named = fields.map(({ path, fate }) => h('li', {}, h('code', { class: 'mono' }, path), ' ', fateBadge(fate)));
  const list = kind === 'version' ? amount(fields.length) : h('ul', {}, ...named);
  return [moment(raisedAt), t.notice[kind], list, seenAt === null ? badge(t.open, 'warning') : `${moment(seenAt)}, ${seenBy ?? ''}`];
}

function askConfirm(address: string, view: View): void {
  const { forms: t } = texts();
  ask({
    title: t.confirm,
    text: t.confirmText,
    label: t.confirm,
    act: async (reason) => {
      const { seen } = await post<NoticesSeen>(`${address}/confirm`, { reason });
      announce(`${t.confirmed}: ${amount(seen)}`);
      await view.refresh();
    },
  });
}
