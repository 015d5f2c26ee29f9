// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { IntakeRejection } from '../intake-rejection.js';
import { secret } from '../options.js';
import type { RawRequest } from '../ports/forms.js';
import { isSameSecret, provingHeader } from './credentials.js';

/** Visible ASCII without a colon: a Basic user name must not have one (RFC 7617). */
const username = z.string().regex(/^[\x20-\x39\x3b-\x7e]{1,200}$/, 'a user name without colon');

/** How a sender whose format knows no signature proves who it is; which of these it can send is the sender's setting. */
export const SenderCredential = z.discriminatedUnion('kind', [
  /** Anybody who reaches the endpoint may submit: only behind mTLS or a reverse proxy that checks the sender. */
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username, password: secret() }),
  z.strictObject({ kind: z.literal('bearer'), token: secret() }),
  z.strictObject({
    kind: z.literal('header'),
    name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'a header name'),
    value: secret(),
  }),
]);
export type SenderCredential = z.infer<typeof SenderCredential>;

/**
 * Checks the sender's credential against the configured one, in constant time.
 * @throws IntakeRejection `unsigned`, code `credentials-missing` or `credentials-wrong`, naming the header.
 */
export function checkCredential(auth: SenderCredential, headers: RawRequest['headers']): void {
  if (auth.kind === 'none') return;
  const place = auth.kind === 'header' ? auth.name.toLowerCase() : 'authorization';
  const given = provingHeader(headers, place, 'credentials-missing');
  if (!matches(auth, given))
    throw new IntakeRejection('unsigned', 'credentials-wrong', `The header "${place}" does not hold the agreed credential.`, place);
}

/** What a probe tells of it. */
export function judgeCredential(auth: SenderCredential): { name: string; ok: boolean; detail: string } {
  const detail = auth.kind === 'none' ? 'none: only behind mTLS or a checking reverse proxy' : `${auth.kind} is demanded`;
  return { name: 'credentials', ok: true, detail };
}

function matches(auth: Exclude<SenderCredential, { kind: 'none' }>, given: string): boolean {
  switch (auth.kind) {
    case 'header':
      return isSameSecret(given, auth.value);
    case 'bearer':
      return isSameSecret(given.replace(/^bearer +/i, 'Bearer '), `Bearer ${auth.token}`);
    case 'basic': {
      const userPass = Buffer.from(/^basic +(\S+) *$/i.exec(given)?.[1] ?? '', 'base64').toString('utf8');
      return isSameSecret(userPass, `${auth.username}:${auth.password}`);
    }
  }
}
