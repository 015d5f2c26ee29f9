// SPDX-License-Identifier: EUPL-1.2
import { Problem } from './api.js';
import { button, type Child, h } from './dom.js';
import { texts } from './language.js';

/** What a dialog asks for. */
export interface Question {
  readonly title: string;
  readonly text?: string;
  /** Label of the button that does it. */
  readonly label: string;
  /** Further fields between text and reason. */
  readonly fields?: readonly Child[];
  /** Whether a reason has to be given; yes unless told otherwise. */
  readonly needsReason?: boolean;
  /** Further buttons beside the one that does it. */
  readonly extras?: readonly HTMLElement[];
  /** Does it; what it throws is shown, and the dialog stays open. */
  readonly act: (reason: string, form: FormData) => Promise<void>;
}

/** Asks, for a reason mostly, does it, closes. Escape and "close" do nothing; the focus goes back to where it was. */
export function ask({ title, text, label, fields = [], extras = [], needsReason = true, act }: Question): void {
  const t = texts().dialog;
  const before = document.activeElement;
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const reason = h('textarea', { id: 'reason', name: 'reason', rows: '3', required: true, minlength: '3', maxlength: '500' });
  const submit = h('button', { type: 'submit', class: 'kern-btn kern-btn--primary compact' }, h('span', { class: 'kern-label' }, label));
  const form = h(
    'form',
    {
      method: 'dialog',
      onsubmit: (event) => {
        event.preventDefault();
        void run();
      },
    },
    ...(text === undefined ? [] : [h('p', {}, text)]),
    ...fields,
    needsReason ? h('div', { class: 'field' }, h('label', { for: 'reason' }, t.reason), reason) : undefined,
    problem,
    h(
      'div',
      { class: 'actions' },
      submit,
      ...extras,
      button(t.close, () => dialog.close(), { look: 'tertiary' }),
    ),
  );
  const dialog = h('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' }, h('h2', { id: 'ask-title' }, title), form);
  const run = async (): Promise<void> => {
    submit.disabled = true;
    problem.hidden = true;
    try {
      await act(reason.value.trim(), new FormData(form));
      dialog.close();
    } catch (error) {
      problem.textContent = problemText(error);
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  };
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) document.getElementById(before.id)?.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  if (needsReason) reason.focus();
  else if (fields.length === 0) submit.focus();
}

/** Whether a dialog is open: then the page behind it stays as it is. */
export function isAsking(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

/** What went wrong, for people. */
export function problemText(error: unknown): string {
  if (!(error instanceof Problem)) throw error;
  return error.status === 0 ? texts().unreachable : `${texts().failed} ${error.message}`;
}
