// SPDX-License-Identifier: EUPL-1.2
import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

import type { FormSolutionsSubmission } from './form-solutions.submissions.js';

/** Who may ask. */
export interface FormSolutionsServerSettings {
  readonly mandant: string;
  readonly apiKey: string;
}

const NOT_THERE: SimulatedAnswer = { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' };
const BASE = '/submission/api/v2';
const SUBMISSIONS = new RegExp(`^${BASE}/submission/([^/]+)/([^/]+)(?:/([^/]+))?$`);

/** A Form-Solutions server: the Submission-API over what was put in, and postdata of the form server. */
export class FormSolutionsServer extends SimulatorServer {
  /** Everything that was ever submitted, by form. */
  readonly submissions = new Map<string, FormSolutionsSubmission[]>();
  /** Ids whose status was changed by the API, once for each change that changed anything. */
  readonly changes: { readonly transId: string; readonly status: string }[] = [];
  /** What was left for forms, by cache id; gone once the form was opened. */
  readonly left = new Map<string, Readonly<Record<string, string>>>();
  private leaves = 0;

  constructor(private readonly settings: FormSolutionsServerSettings) {
    super();
  }

  /** Address of the API, with its version. */
  get apiUrl(): string {
    return `${this.url}${BASE}`;
  }

  /** Citizens have sent these off. */
  submit(form: string, submissions: readonly FormSolutionsSubmission[]): void {
    this.submissions.set(form, [...(this.submissions.get(form) ?? []), ...submissions]);
  }

  /** A clerk deletes one in the form server. */
  remove(transId: string): void {
    for (const [form, all] of this.submissions) this.submissions.set(form, all.filter((one) => one.transID !== transId)); // prettier-ignore
  }

  /** A clerk changes the status of one in the form server. */
  setStatus(transId: string, status: string): void {
    for (const one of [...this.submissions.values()].flat()) if (one.transID === transId) one.status = status;
  }

  /** Ids of everything that has this status. */
  withStatus(status: string): string[] {
    return [...this.submissions.values()].flat().flatMap((one) => (one.status === status ? [one.transID] : [])); // prettier-ignore
  }

  /** The citizen opens a form by the address that a prefill gave. @returns the values, once. */
  openForm(url: string): Readonly<Record<string, string>> | undefined {
    const id = new URL(url).searchParams.get('cacheID') ?? '';
    const values = this.left.get(id);
    this.left.delete(id);
    return values;
  }

  protected handle({ method, url, headers, body }: SimulatedRequest): SimulatedAnswer {
    if (method === 'POST' && url.pathname === '/metaform/Form-Solutions/postdata') return this.leave(body);
    const [, mandant, form = '', transId] = SUBMISSIONS.exec(url.pathname) ?? [];
    if (mandant === undefined) return NOT_THERE;
    const { mandant: user, apiKey } = this.settings;
    if (headers.authorization !== `Basic ${Buffer.from(`${user}:${apiKey}`).toString('base64')}` || mandant !== user)
      return { status: 401 };
    const all = this.submissions.get(form);
    if (all === undefined) return NOT_THERE;
    if (transId === undefined) return this.list(all, url);
    const one = all.find((submission) => submission.transID === decodeURIComponent(transId));
    if (one === undefined) return NOT_THERE;
    return method === 'GET' ? json(one) : this.change(one, body);
  }

  /** Metadata only: contents are null. Statuses may be repeated or stand in one, with commas. */
  private list(all: readonly FormSolutionsSubmission[], url: URL): SimulatedAnswer {
    const statuses = url.searchParams.getAll('status').flatMap((text) => text.split(','));
    const asked = all.filter(({ status }) => statuses.length === 0 || statuses.includes(status));
    return json(asked.map(({ secureData: _secret, ...one }) => ({ ...one, payload: null, pdf: null, xml: null, attachments: null })));
  }

  private change(one: FormSolutionsSubmission, body: Buffer): SimulatedAnswer {
    const { status } = JSON.parse(body.toString()) as { status: string };
    if (one.status !== status) {
      one.status = status;
      this.changes.push({ transId: one.transID, status });
    }
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
  }

  private leave(body: Buffer): SimulatedAnswer {
    this.leaves += 1;
    const id = `c${this.leaves}`;
    this.left.set(id, Object.fromEntries(new URLSearchParams(body.toString())));
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: id };
  }
}

function json(value: unknown): SimulatedAnswer {
  return { status: 200, headers: { 'content-type': 'application/json;charset=UTF-8' }, body: JSON.stringify(value) };
}
