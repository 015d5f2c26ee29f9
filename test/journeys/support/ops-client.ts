// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationPage, ApplicationSummary, StepView, Timeline } from '@amtsbote/ops-api';

/** An answer of the operators' API. */
export interface OpsAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** An operator with a token, as script or console would ask; keeps every answer, so that a test can look for what must not be in them. */
export class OpsClient {
  /** Everything that was ever answered, as text. */
  readonly answers: string[] = [];

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async call<Body = Record<string, unknown>>(
    method: 'GET' | 'POST',
    path: string,
    body?: Record<string, unknown>,
  ): Promise<OpsAnswer<Body>> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    this.answers.push(text);
    return { status: answer.status, headers: answer.headers, body: JSON.parse(text) as Body };
  }

  async list(query: Record<string, string> = {}): Promise<readonly ApplicationSummary[]> {
    const { body } = await this.call<ApplicationPage>('GET', `/ops/applications?${new URLSearchParams(query).toString()}`);
    return body.items;
  }

  /** The one application with this id of the sender. @throws Error when there is not exactly one */
  async bySubmission(submissionId: string): Promise<ApplicationSummary> {
    const [item, ...others] = await this.list({ submissionId });
    if (item === undefined || others.length > 0)
      throw new Error(`not exactly one application, but ${others.length + (item === undefined ? 0 : 1)}`);
    return item;
  }

  async timeline(id: string): Promise<Timeline> {
    const { body } = await this.call<Timeline>('GET', `/ops/applications/${id}/timeline`);
    return body;
  }

  /** A step by its name. @throws Error when there is none */
  async step(id: string, name: string): Promise<StepView> {
    const { application } = await this.timeline(id);
    const step = application.steps.find((candidate) => candidate.name === name);
    if (step === undefined) throw new Error(`no step ${name}`);
    return step;
  }
}
