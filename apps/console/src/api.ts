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
/** Longest time for sending a file: a Land's catalogue over a slow line. */
const FILE_MS = 6 * 60 * 60_000;
const FROM_CONSOLE = { 'x-amtsbote': 'console' };

/** Reads from the hub with the session's cookie. @throws Problem, also when the hub does not answer (status 0) */
export async function get<Answer>(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return call<Answer>(withQuery(path, query), {});
}

/** Address of something that the browser itself opens or stores. */
export function addressOf(path: string, query: Readonly<Record<string, string>> = {}): string {
  return urlOf(withQuery(path, query)).href;
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Writes. The header tells the hub that it is this page that asks, not another site's. @throws Problem */
export async function post<Answer>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...FROM_CONSOLE };
  return call<Answer>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Sends a file as it is, streamed by the browser. @throws Problem */
export async function postFile<Answer>(path: string, query: Readonly<Record<string, string>>, file: File): Promise<Answer> {
  const headers = { 'content-type': 'application/octet-stream', ...FROM_CONSOLE };
  return call<Answer>(withQuery(path, query), { method: 'POST', headers, body: file }, FILE_MS);
}

/** The page lies in /console/, the interface beside it in /ops/: relative, because the hub may stand behind a path of a proxy. */
function urlOf(path: string): URL {
  return new URL(`../ops/${path}`, document.baseURI);
}

async function call<Answer>(path: string, init: RequestInit, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const answer = await fetch(urlOf(path), { ...init, credentials: 'same-origin', signal: AbortSignal.timeout(timeoutMs) }).catch(() => {
    throw new Problem(0, '');
  });
  if (answer.status === 204) return undefined as Answer;
  const body: unknown = await answer.json().catch(() => ({}));
  if (answer.ok) return body as Answer;
  throw new Problem(answer.status, (body as { detail?: string }).detail ?? '');
}
