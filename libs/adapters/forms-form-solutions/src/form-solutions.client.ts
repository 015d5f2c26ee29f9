// SPDX-License-Identifier: EUPL-1.2
import type { Readable } from 'node:stream';

import { DeliveryError } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient, type HttpStreamAnswer } from '@amtsbote/platform';
import { z } from 'zod';

import { failureOfAnswer, failureOfCall, unreadable } from './form-solutions.errors.js';
import type { PullOptions } from './form-solutions.options.js';
import { STATUSES, type WireStatusChange } from './form-solutions.wire.js';

/** The list comes whole: the API has no pages. Without contents an entry has some hundred bytes. */
const LIST_BYTES_MAX = 64 * 1024 * 1024;

/** What is read of the list; more may be there. */
const Listed = z.array(
  z.looseObject({ transID: z.string().min(1).max(200), status: z.string().nullish(), submissionDate: z.number().nullish() }),
);

/** One line of the list. */
export interface ListedSubmission {
  readonly transId: string;
  readonly status: string | null;
  readonly submittedAt: Date | null;
}

/** The Submission-API: list, one submission, a status written back. Basic goes with every request, before anybody asks for it. */
export class SubmissionApi {
  private readonly http: HttpClient;

  constructor(
    private readonly options: PullOptions,
    private readonly clock: Clock,
  ) {
    const { baseUrl, mandant, apiKey, timeoutMs } = options;
    const basic = { username: mandant, password: apiKey };
    this.http = new HttpClient({ baseUrl, timeoutMs, basic, answerBytesMax: LIST_BYTES_MAX, headers: { accept: 'application/json' } });
  }

  /** The longest waiting first. @throws DeliveryError */
  async list(form: string, statuses: readonly string[], signal: AbortSignal): Promise<ListedSubmission[]> {
    const query = statuses.map((status) => `status=${status}`).join('&');
    const answer = await this.ask('GET', `${this.path('list', form)}?${query}`, signal);
    const listed = Listed.safeParse(parsed(answer.body));
    if (!listed.success) throw unreadable();
    return listed.data
      .map(({ transID, status, submissionDate }) => ({ transId: transID, status: status ?? null, submittedAt: momentOf(submissionDate) }))
      .sort((one, two) => (one.submittedAt?.getTime() ?? 0) - (two.submittedAt?.getTime() ?? 0) || (one.transId < two.transId ? -1 : 1));
  }

  /** @returns the body unread, or `gone`. @throws DeliveryError */
  async one(form: string, transId: string, signal: AbortSignal): Promise<Readable | 'gone'> {
    const answer = await this.open(this.path('one', form, transId), signal);
    if (answer.status === 200) return answer.stream;
    answer.stream.destroy();
    if (answer.status === 404 || answer.status === 410) return 'gone';
    throw failureOfAnswer(answer, this.clock.now());
  }

  /** What is no longer there needs no status. @throws DeliveryError */
  async writeStatus(form: string, transId: string, status: string, signal: AbortSignal): Promise<void> {
    const change: WireStatusChange = { transID: transId, status };
    await this.ask(this.options.paths.statusMethod, this.path('status', form, transId), signal, { change, allowed: [404, 410] });
  }

  close(): void {
    this.http.close();
  }

  private path(name: 'list' | 'one' | 'status', form: string, transId = ''): string {
    return this.options.paths[name]
      .replaceAll('{mandant}', encodeURIComponent(this.options.mandant))
      .replaceAll('{form}', encodeURIComponent(form))
      .replaceAll('{transId}', encodeURIComponent(transId));
  }

  private async ask(
    method: 'GET' | PullOptions['paths']['statusMethod'],
    path: string,
    signal: AbortSignal,
    { change, allowed = [] }: { change?: WireStatusChange; allowed?: readonly number[] } = {},
  ): Promise<HttpAnswer> {
    const body = change === undefined ? {} : { body: JSON.stringify(change), headers: { 'content-type': 'application/json' } };
    let answer: HttpAnswer;
    try {
      answer = await this.http.request({ method, path, signal, ...body });
    } catch (error) {
      throw failureOfCall(error);
    }
    const isSuccess = answer.status >= 200 && answer.status < 300;
    if (isSuccess || allowed.includes(answer.status)) return answer;
    throw failureOfAnswer(answer, this.clock.now());
  }

  private async open(path: string, signal: AbortSignal): Promise<HttpStreamAnswer> {
    try {
      return await this.http.stream({ method: 'GET', path, signal });
    } catch (error) {
      throw failureOfCall(error);
    }
  }
}

/** What a broken line does to a stream, as a failure of the form server. */
export function failureOfStream(error: unknown): unknown {
  if (error instanceof DeliveryError) return error;
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  const isOfTheLine = typeof code === 'string' || name === 'AbortError' || name === 'CanceledError' || name === 'AxiosError';
  return isOfTheLine
    ? DeliveryError.unavailable('forms-form-solutions/cut-off', 'The submission did not arrive whole.', { cause: error })
    : error;
}

/** Statuses of everything that was ever sent off. */
export const ALL_STATUSES: readonly string[] = STATUSES;

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch {
    throw unreadable();
  }
}

function momentOf(milliseconds: number | null | undefined): Date | null {
  if (milliseconds === null || milliseconds === undefined) return null;
  const moment = new Date(milliseconds);
  return Number.isNaN(moment.getTime()) ? null : moment;
}
