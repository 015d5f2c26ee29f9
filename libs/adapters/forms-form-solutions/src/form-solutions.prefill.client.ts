// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type PrefilledStart, type PrefillOrder } from '@amtsbote/adapter-kit';
import type { Clock } from '@amtsbote/canonical';
import { type HttpAnswer, HttpClient } from '@amtsbote/platform';

import { ADAPTER_TYPE, failureOfAnswer, failureOfCall, unreadable } from './form-solutions.errors.js';
import type { PrefillOptions } from './form-solutions.options.js';

const ANSWER_BYTES_MAX = 64 * 1024;
/** [I] The id alone, or as a member of JSON. */
const CACHE_ID = /^\s*(?:\{\s*"cacheI[Dd]"\s*:\s*"([A-Za-z0-9._~-]{1,200})"\s*\}|"?([A-Za-z0-9._~-]{1,200})"?)\s*$/;

/** Leaves values at the form server (postdata) and tells where the form opens with them, once. */
export class Postdata {
  private readonly http: HttpClient;

  constructor(
    private readonly options: PrefillOptions,
    private readonly clock: Clock,
  ) {
    this.http = new HttpClient({ baseUrl: options.baseUrl, timeoutMs: options.timeoutMs, answerBytesMax: ANSWER_BYTES_MAX });
  }

  async leave({ form, values, token }: PrefillOrder, signal: AbortSignal): Promise<PrefilledStart> {
    const { postdataPath, startPath, tokenField, baseUrl } = this.options;
    if (Object.hasOwn(values, tokenField)) {
      const message = `A value has the name "${tokenField}", which is the token's: rename the one or the other.`;
      throw DeliveryError.misconfigured(`${ADAPTER_TYPE}/token-field-taken`, message);
    }
    const body = new URLSearchParams({ ...values, [tokenField]: token }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    let answer: HttpAnswer;
    try {
      answer = await this.http.request({ method: 'POST', path: postdataPath, body, headers, signal });
    } catch (error) {
      throw failureOfCall(error);
    }
    if (answer.status < 200 || answer.status >= 300) throw failureOfAnswer(answer, this.clock.now());
    const [, asMember, alone] = CACHE_ID.exec(answer.body.toString('utf8')) ?? [];
    const cacheId = asMember ?? alone;
    if (cacheId === undefined) throw unreadable();
    const start = baseUrl + startPath.replaceAll('{form}', encodeURIComponent(form));
    return { url: `${start}${start.includes('?') ? '&' : '?'}cacheID=${encodeURIComponent(cacheId)}` };
  }

  close(): void {
    this.http.close();
  }
}
