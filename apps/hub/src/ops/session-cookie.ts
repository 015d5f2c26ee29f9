// SPDX-License-Identifier: EUPL-1.2

/** Name of the console's cookie. */
export const SESSION_COOKIE = 'amtsbote_console';

/** The session's token among the cookies of a request. */
export function sessionTokenOf(cookies: string | undefined): string | undefined {
  for (const pair of (cookies ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== undefined && /^[\w-]{20,100}$/.test(value)) return value;
  }
  return undefined;
}

/** A Set-Cookie that starts (or, without a token, ends) a session; only over TLS where the hub's public address has it. */
export function sessionCookie(publicUrl: string, token?: { readonly token: string; readonly seconds: number }): string {
  const secure = publicUrl.startsWith('https:') ? '; Secure' : '';
  return `${SESSION_COOKIE}=${token?.token ?? ''}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${token?.seconds ?? 0}${secure}`;
}
