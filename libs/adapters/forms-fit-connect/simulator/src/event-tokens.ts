// SPDX-License-Identifier: EUPL-1.2
import { randomUUID } from 'node:crypto';

import { CompactSign, compactVerify, importJWK, type JWK } from 'jose';

import type { HeldSubmission } from './books.js';
import type { KeyPair } from './keys.js';

export const EVENTS = 'https://schema.fitko.de/fit-connect/events/';
/** Version of the tokens' schema that the simulated delivery service writes, and the only one it takes. */
export const SET_SCHEMA = 'https://schema.fitko.de/fit-connect/set-payload/1.2.2/set-payload.schema.json';

/** What tokens say, as far as the simulator needs it. */
export interface TokenClaims {
  readonly $schema?: string;
  readonly iss?: string;
  readonly sub?: string;
  readonly txn?: string;
  readonly jti?: string;
  readonly iat?: number;
  readonly events?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A token of the delivery service about a submission. */
export async function tokenOf(
  event: { readonly name: string; readonly payload: Readonly<Record<string, unknown>> },
  { submissionId, caseId }: Pick<HeldSubmission, 'submissionId' | 'caseId'>,
  issuer: { readonly iss: string; readonly key: KeyPair; readonly nowMs: number },
): Promise<string> {
  const claims: TokenClaims = {
    $schema: SET_SCHEMA,
    jti: randomUUID(),
    iss: issuer.iss,
    iat: Math.floor(issuer.nowMs / 1_000),
    sub: `submission:${submissionId}`,
    txn: `case:${caseId}`,
    events: { [`${EVENTS}${event.name}`]: event.payload },
  };
  return signedToken(claims, issuer.key);
}

/** Any claims, signed; for tokens that are not as they should be. */
export async function signedToken(claims: TokenClaims, key: KeyPair, header: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { alg = 'PS512', kid } = { ...key, ...header } as { alg?: string; kid: string };
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ typ: 'secevent+jwt', alg, kid, ...header })
    .sign(await importJWK({ ...key, alg }, alg));
}

/** The claims of a token that a subscriber sent, or what is wrong with it. */
export async function claimsOf(token: string, keys: readonly JWK[]): Promise<TokenClaims | string> {
  try {
    const { payload, protectedHeader } = await compactVerify(
      token,
      (header) => {
        const key = keys.find((candidate) => candidate.kid === header.kid);
        if (key === undefined) throw new Error('unknown kid');
        return importJWK({ kty: 'RSA', n: key.n ?? '', e: key.e ?? '' }, 'PS512');
      },
      { algorithms: ['PS512'] },
    );
    if (protectedHeader.typ !== 'secevent+jwt') return 'typ has to be secevent+jwt';
    return JSON.parse(Buffer.from(payload).toString('utf8')) as TokenClaims;
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable';
  }
}
