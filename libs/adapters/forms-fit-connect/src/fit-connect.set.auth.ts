// SPDX-License-Identifier: EUPL-1.2
import { CompactSign, compactVerify, decodeJwt, decodeProtectedHeader, importJWK } from 'jose';

import type { NamedKey } from './fit-connect.keys.auth.js';
import { type PublicJwk, SetClaims, WireId } from './fit-connect.wire.js';

const TYPE = 'secevent+jwt';
const ALGORITHM = 'PS512';
const TOKEN_LENGTH_MAX = 256 * 1024;

/** Where the public keys of the issuers of tokens are: the delivery service's own, and those of destinations. */
export interface SetKeys {
  /** `undefined`: the issuer has no such key. @throws DeliveryError when it cannot be asked. */
  keyOf(issuer: SetIssuer, kid: string, signal: AbortSignal): Promise<PublicJwk | undefined>;
}
/** Who issued a token: only the delivery service says that something was submitted; a destination accepts and rejects. */
export type SetIssuer = { readonly kind: 'service' } | { readonly kind: 'destination'; readonly id: string };

/** An event whose signature was verified. */
export interface VerifiedEvent {
  readonly issuer: SetIssuer;
  readonly type: string;
  readonly payload: unknown;
  /** Version of the token's schema; what is sent has to be of the same. */
  readonly schema: string | undefined;
  readonly at: Date;
}

/** What a token says of itself before anything of it is believed: by it the few that matter are found among many. */
export interface ClaimedEvent {
  readonly token: string;
  readonly type: string;
  readonly submissionId: string;
  readonly caseId: string;
}

/** @returns `undefined` for what is no security event token at all, or none about a submission. */
export function claimedEvent(token: string): ClaimedEvent | undefined {
  if (token.length > TOKEN_LENGTH_MAX) return undefined;
  const claims = SetClaims.safeParse(claimsIn(token));
  if (!claims.success) return undefined;
  const submissionId = idAfter('submission:', claims.data.sub);
  const caseId = idAfter('case:', claims.data.txn);
  const [type] = Object.keys(claims.data.events);
  return submissionId === undefined || caseId === undefined || type === undefined ? undefined : { token, type, submissionId, caseId };
}

/**
 * Verifies a token (RFC 8417): type, algorithm PS512 and no other, signature by the key that its issuer publishes under its `kid`, at least 4096
 * bit.
 * @param serviceIssuer `iss` of the delivery service; every other issuer is a destination.
 * @returns `undefined` when it is not authentic.
 */
export async function verifiedEvent(
  token: string,
  serviceIssuer: string,
  keys: SetKeys,
  signal: AbortSignal,
): Promise<VerifiedEvent | undefined> {
  const claims = SetClaims.safeParse(claimsIn(token));
  const header = headerOf(token);
  if (!claims.success || header?.typ?.toLowerCase() !== TYPE || header.alg !== ALGORITHM || header.kid === undefined) return undefined;
  const issuer = issuerOf(claims.data.iss, serviceIssuer);
  const jwk = issuer === undefined ? undefined : await keys.keyOf(issuer, header.kid, signal);
  if (issuer === undefined || jwk?.kid !== header.kid || jwk.alg !== ALGORITHM) return undefined;
  if (!(await isSignedBy(token, jwk))) return undefined;
  const [[type, payload] = ['', undefined]] = Object.entries(claims.data.events);
  return { issuer, type, payload, schema: claims.data.$schema, at: new Date(claims.data.iat * 1_000) };
}

async function isSignedBy(token: string, { kty, n, e }: PublicJwk): Promise<boolean> {
  try {
    await compactVerify(token, await importJWK({ kty, n, e }, ALGORITHM), { algorithms: [ALGORITHM] });
    return true;
  } catch {
    return false;
  }
}

/** What a destination says of a submission: accepted or rejected. */
export interface EventToSend {
  readonly jti: string;
  readonly destinationId: string;
  readonly submissionId: string;
  readonly caseId: string;
  readonly at: Date;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** That of the token which says that it was submitted: older and newer ones are refused. */
  readonly schema: string | undefined;
}

/** The token, signed by the destination. */
export function signedEvent(event: EventToSend, { key, kid }: NamedKey): Promise<string> {
  const claims = {
    ...(event.schema === undefined ? {} : { $schema: event.schema }),
    jti: event.jti,
    iss: event.destinationId,
    iat: Math.floor(event.at.getTime() / 1_000),
    sub: `submission:${event.submissionId}`,
    txn: `case:${event.caseId}`,
    events: { [event.type]: event.payload },
  };
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader({ typ: TYPE, alg: ALGORITHM, kid }).sign(key);
}

/** Ids are compared without hyphens and case: the specification writes them both ways. */
export function isSameId(one: string, other: string): boolean {
  return plainId(one) === plainId(other);
}

/** One spelling of an id. */
export function plainId(id: string): string {
  return id.replaceAll('-', '').toLowerCase();
}

function issuerOf(iss: string, serviceIssuer: string): SetIssuer | undefined {
  if (withoutSlash(iss) === withoutSlash(serviceIssuer)) return { kind: 'service' };
  return WireId.safeParse(iss).success ? { kind: 'destination', id: iss } : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function idAfter(prefix: string, text: string): string | undefined {
  const id = text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
  return WireId.safeParse(id).success ? id : undefined;
}

function claimsIn(token: string): unknown {
  try {
    return decodeJwt(token);
  } catch {
    return undefined;
  }
}

function headerOf(token: string): { typ?: string; alg?: string; kid?: string } | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}
