// SPDX-License-Identifier: EUPL-1.2
import { createHmac, createPublicKey } from 'node:crypto';

import {
  EVENTS,
  EXAMPLE_DESTINATION,
  publicHalf,
  SET_SCHEMA,
  signedToken,
  testKey,
  type TokenClaims,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { privateKeyOf } from './fit-connect.keys.auth.js';
import { claimedEvent, isSameId, type SetIssuer, type SetKeys, signedEvent, verifiedEvent } from './fit-connect.set.auth.js';
import { PublicJwk } from './fit-connect.wire.js';

const ISSUER = 'https://test.fit-connect.fitko.dev/submission-api';
const SUBMISSION = 'f65feab2-4883-4dff-85fb-169448545d9f';
const CASE = 'f73d30c6-8894-4444-8687-00ae756fea90';
const claims: TokenClaims = {
  $schema: SET_SCHEMA,
  jti: 'edcdcf21-5b16-4d06-99d0-dc3c26f4fb9e',
  iss: ISSUER,
  iat: 1_622_794_319,
  sub: `submission:${SUBMISSION}`,
  txn: `case:${CASE}`,
  events: { [`${EVENTS}submit-submission`]: { authenticationTags: { metadata: 'a' } } },
};
const published = (name: 'service' | 'signing'): PublicJwk => PublicJwk.parse(publicHalf(testKey(name)));
const asked: SetIssuer[] = [];
const keys: SetKeys = {
  keyOf: async (issuer, kid) => {
    asked.push(issuer);
    const key = published(issuer.kind === 'service' ? 'service' : 'signing');
    return key.kid === kid ? key : undefined;
  },
};
const verify = (token: string): ReturnType<typeof verifiedEvent> => verifiedEvent(token, ISSUER, keys, new AbortController().signal);
const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let token = '';
beforeAll(async () => {
  token = await signedToken(claims, testKey('service'));
});

describe('a security event token', () => {
  it('of the delivery service is verified with its keys, and says what happened', async () => {
    asked.splice(0);
    expect(await verify(token)).toMatchObject({
      issuer: { kind: 'service' },
      type: `${EVENTS}submit-submission`,
      payload: { authenticationTags: { metadata: 'a' } },
      schema: SET_SCHEMA,
      at: new Date(1_622_794_319_000),
    });
    expect(asked).toEqual([{ kind: 'service' }]);
    expect(claimedEvent(token)).toMatchObject({ submissionId: SUBMISSION, caseId: CASE });
  });

  it('of a destination is verified with that destination’s keys', async () => {
    const own = await signedToken({ ...claims, iss: EXAMPLE_DESTINATION }, testKey('signing'));
    expect(await verify(own)).toMatchObject({ issuer: { kind: 'destination', id: EXAMPLE_DESTINATION } });
  });

  it('is believed with a slash at the end of its issuer, and with ids in capitals', async () => {
    const other = { ...claims, iss: `${ISSUER}/`, sub: `submission:${SUBMISSION.toUpperCase()}` };
    const written = await signedToken(other, testKey('service'));
    expect((await verify(written))?.issuer).toEqual({ kind: 'service' });
    expect(isSameId(claimedEvent(written)?.submissionId ?? '', SUBMISSION)).toBe(true);
  });

  it('is not believed when any of its characters is another one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), fc.constantFrom('A', 'Q', 'x', '0', '-', '.'), async (at, character) => {
        const changed = token.slice(0, at) + character + token.slice(at + 1);
        // The last character of a segment has bits that mean nothing.
        if (changed === token || token[at + 1] === '.' || at === token.length - 1) return;
        expect(await verify(changed)).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });

  const forged: [what: string, forge: () => string | Promise<string>][] = [
    ['without signature', () => `${base64url({ typ: 'secevent+jwt', alg: 'none', kid: testKey('service').kid })}.${base64url(claims)}.`],
    [
      'signed with the public key as if it were a shared secret',
      () => {
        const signed = `${base64url({ typ: 'secevent+jwt', alg: 'HS512', kid: testKey('service').kid })}.${base64url(claims)}`;
        const { n = '', e = '' } = testKey('service');
        const pem = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
        return `${signed}.${createHmac('sha512', pem).update(signed).digest('base64url')}`;
      },
    ],
    [
      'that brings its own key',
      () => signedToken(claims, { ...testKey('signing'), kid: testKey('service').kid }, { jwk: publicHalf(testKey('signing')) }),
    ],
    ['with an extension', () => signedToken(claims, testKey('service'), { crit: ['exp'], exp: 1 }).catch(() => 'x.y.z')],
    ['of a destination that signs as the delivery service', () => signedToken(claims, testKey('signing'))],
    ['with two events', () => signedToken({ ...claims, events: { a: {}, b: {} } }, testKey('service'))],
    ['with no event', () => signedToken({ ...claims, events: {} }, testKey('service'))],
    ['that is no token', () => 'Unsinn'],
    ['that is empty', () => ''],
  ];

  it.each(forged)('%s is not believed', async (_what, forge) => {
    expect(await verify(await forge())).toBeUndefined();
  });

  it('for encryption keys is not believed, nor with a key that is too short for the specification', async () => {
    const encryption: SetKeys = { keyOf: async () => ({ ...published('service'), alg: 'RSA-OAEP-256' }) };
    expect(await verifiedEvent(token, ISSUER, encryption, new AbortController().signal)).toBeUndefined();
    expect(PublicJwk.safeParse({ ...published('service'), n: 'x'.repeat(682) }).success).toBe(false);
  });

  it('about something else, or longer than any, is not looked at', async () => {
    expect(claimedEvent(await signedToken({ ...claims, sub: 'reply:x' }, testKey('service')))).toBeUndefined();
    expect(claimedEvent('x'.repeat(300_000))).toBeUndefined();
  });

  it('of ours is what the delivery service verifies', async () => {
    const key = privateKeyOf(JSON.stringify(testKey('signing')), 'PS512');
    const said = {
      jti: 'j',
      destinationId: EXAMPLE_DESTINATION,
      submissionId: SUBMISSION,
      caseId: CASE,
      at: new Date(0),
      type: 'x',
      payload: {},
      schema: undefined,
    };
    const ours = await signedEvent(said, key);
    expect(await verify(ours)).toMatchObject({ issuer: { kind: 'destination' }, type: 'x', schema: undefined });
  });
});
