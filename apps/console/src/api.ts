// SPDX-License-Identifier: EUPL-1.2

/** An answer that is no success, in the words of the hub (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Longest wait for an answer. */
const TIMEOUT_MS = 60_000;

/** Reads from the hub with the session's cookie. @throws Problem, also when the hub does not answer (status 0) */
export async function get<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return call<Answer>(search === '' ? path : `${path}?${search}`, {});
}

/** Writes. The header tells the hub that it is this page that asks, not another site's. @throws Problem */
export async function post<Answer>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'x-amtsbote': 'console' };
  return call<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function call<Answer>(path: string, init: RequestInit): Promise<Answer> {
  // The page lies in /console/, the interface beside it in /ops/: relative, because the hub may stand behind a path of a proxy.
  const url = new URL(`../ops/${path}`, document.baseURI);
  const answer = await fetch(url, { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => {
    throw new Problem(0, '');
  });
  if (answer.status === 204) return undefined as Answer;
  const body: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return body as Answer;
  throw new Problem(answer.status, (body as { detail?: string }).detail ?? '');
}
