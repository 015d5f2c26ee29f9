// SPDX-License-Identifier: EUPL-1.2

/** Longest pause a target may ask for, in milliseconds: one hour. A slip of a digit there must not stop a delivery for a month. */
const RETRY_AFTER_MS_MAX = 60 * 60 * 1_000;

/**
 * The pause a target asks for in `Retry-After` (RFC 9110, section 10.2.3), in milliseconds: seconds or an HTTP date, between 0 and `maxMs`.
 * @returns `undefined` when the header is absent or neither form.
 */
export function retryAfterMs(header: string | undefined, now: Date, maxMs = RETRY_AFTER_MS_MAX): number | undefined {
  const value = header?.trim() ?? '';
  const wanted = /^\d{1,12}$/.test(value) ? Number(value) * 1_000 : httpDateOf(value) - now.getTime();
  return Number.isNaN(wanted) ? undefined : Math.min(Math.max(wanted, 0), maxMs);
}

/** Only the shapes of RFC 9110, section 5.6.7, which begin with a day's name: `Date.parse` alone would read "-1" as a year. */
function httpDateOf(value: string): number {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(value) ? Date.parse(value) : Number.NaN;
}
