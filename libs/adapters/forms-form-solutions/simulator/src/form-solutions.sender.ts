// SPDX-License-Identifier: EUPL-1.2
import { request } from 'node:http';

import { type OutgoingSubmission, SubmissionSender } from '@amtsbote/adapter-kit/testing';

import type { FormSolutionsSubmission } from './form-solutions.submissions.js';

/** Where and how the simulated web service sends. */
export interface FormSolutionsSenderSettings {
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
}

/** How a request can be spoilt. `brokenBase64`: the PDF; `noTransId`; `preliminary`: not sent off yet. */
export type FormSolutionsMischief = 'noCredential' | 'wrongCredential' | 'noTransId' | 'brokenBase64' | 'preliminary';

/** The web service "während der Einreichung", with its look at the address before. */
export class FormSolutionsSender extends SubmissionSender<FormSolutionsSubmission, FormSolutionsMischief> {
  constructor(private readonly settings: FormSolutionsSenderSettings) {
    super(settings.url);
  }

  override build(submission: FormSolutionsSubmission, mischief?: FormSolutionsMischief): OutgoingSubmission {
    const body = Buffer.from(JSON.stringify(spoilt(submission, mischief)));
    return {
      headers: { 'content-type': 'application/json; charset=UTF-8', accept: '*/*', ...this.credentialOf(mischief) },
      length: body.length,
      bytes: async function* bytes() {
        yield body;
      },
    };
  }

  /**
   * Looks at the address as it does before every start of an assistant: HEAD, GET, GET with `wsdl`, without credentials. Reachable: one answer at least
   * that is neither 5xx nor 401, 403 or 404.
   */
  async isReachable(): Promise<{ readonly isReachable: boolean; readonly statuses: readonly number[] }> {
    const wsdl = `${this.url}${this.url.includes('?') ? '&' : '?'}wsdl`;
    const statuses = [await statusOf('HEAD', this.url), await statusOf('GET', this.url), await statusOf('GET', wsdl)];
    return { isReachable: statuses.some((status) => status < 500 && ![401, 403, 404].includes(status)), statuses };
  }

  private credentialOf(mischief: FormSolutionsMischief | undefined): Record<string, string> {
    const { auth } = this.settings;
    if (auth === undefined || mischief === 'noCredential') return {};
    const password = mischief === 'wrongCredential' ? `${auth.password}x` : auth.password;
    return { authorization: `Basic ${Buffer.from(`${auth.username}:${password}`).toString('base64')}` };
  }
}

/** A sender for one endpoint. */
export function formSolutionsSender(settings: FormSolutionsSenderSettings): FormSolutionsSender {
  return new FormSolutionsSender(settings);
}

function spoilt(submission: FormSolutionsSubmission, mischief: FormSolutionsMischief | undefined): object {
  switch (mischief) {
    case 'noTransId':
      return { ...submission, transID: null };
    case 'brokenBase64':
      return { ...submission, pdf: 'QUJ' };
    case 'preliminary':
      return { ...submission, status: 'PRELIMINARY' };
    default:
      return submission;
  }
}

function statusOf(method: 'HEAD' | 'GET', url: string): Promise<number> {
  return new Promise((resolve) => {
    const asking = request(url, { method, agent: false, headers: { accept: '*/*' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 599);
    });
    asking.on('error', () => resolve(599));
    asking.end();
  });
}
