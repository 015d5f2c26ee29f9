// SPDX-License-Identifier: EUPL-1.2
import { createHmac } from 'node:crypto';

import { IntakeRejection, type RawRequest } from '@amtsbote/adapter-kit';
import { aRawRequest } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkCallback } from './fit-connect.callback.auth.js';
import { calledDestinations } from './fit-connect.callback.mapping.js';

/** FITKO's own example; the secret is that of the Submission API's description. */
const VECTOR = {
  secret: 'insecure_unsafe_qHScgrg_kP-R31jHUwp3GkVkGJolvBchz65b74Lzue0',
  timestamp: 1_672_527_599,
  body: '{"type":"https://schema.fitko.de/fit-connect/submission-api/callbacks/new-submissions","submissionIds":["f39ab143-d91a-474a-b69f-b00f1a1873c2"]}',
  digest:
    '798cd0edb70c08e5b32aa8a18cbbc8ff6b3078c51af6d011ff4e32e470c746234fc4314821fe5185264b029e962bd37de33f3b9fc5f1a93c40ce6672845e90df',
};

interface Callback {
  readonly digest?: string | undefined;
  readonly timestamp?: string | undefined;
  readonly body?: string | Uint8Array;
  readonly ageS?: number;
}

function request({ ageS = 0, ...changes }: Callback = {}): RawRequest {
  const { digest, timestamp, body } = { digest: VECTOR.digest, timestamp: String(VECTOR.timestamp), body: VECTOR.body, ...changes };
  return aRawRequest({
    headers: { 'callback-authentication': digest, 'callback-timestamp': timestamp },
    body: Buffer.from(body as string),
    receivedAt: new Date((VECTOR.timestamp + ageS) * 1_000),
  });
}

const rejectionOf = (raw: RawRequest, secrets: readonly string[] = [VECTOR.secret]): string | undefined => {
  try {
    checkCallback(raw, () => secrets);
    return undefined;
  } catch (error) {
    if (error instanceof IntakeRejection && error.kind === 'unsigned') return error.code;
    throw error;
  }
};

describe('a callback', () => {
  it('is taken as FITKO computes it', () => {
    expect(rejectionOf(request())).toBeUndefined();
  });

  it.each<[string, Callback, string | undefined]>([
    ['hex in upper case', { digest: VECTOR.digest.toUpperCase() }, undefined],
    ['exactly five minutes old', { ageS: 300 }, undefined],
    ['a second older', { ageS: 301 }, 'too-old'],
    ['from the future', { ageS: -86_400 }, undefined],
    ['with other spaces in the body', { body: VECTOR.body.replace(':', ': ') }, 'authentication-mismatch'],
    ['without a digest', { digest: undefined }, 'authentication-missing'],
    ['with half a digest', { digest: VECTOR.digest.slice(0, 64) }, 'authentication-missing'],
    ['with a digest that is no hex', { digest: 'g'.repeat(128) }, 'authentication-missing'],
    ['without a timestamp', { timestamp: undefined }, 'timestamp-missing'],
    ['with a timestamp that is no number', { timestamp: '1e9' }, 'timestamp-missing'],
    ['with a sign in the timestamp', { timestamp: `+${VECTOR.timestamp}` }, 'timestamp-missing'],
    ['with another timestamp', { timestamp: String(VECTOR.timestamp + 1) }, 'authentication-mismatch'],
  ])('%s', (_what, changes, code) => {
    expect(rejectionOf(request(changes))).toBe(code);
  });

  it('that is replayed passes for five minutes, in which it can only wake, and never after', () => {
    expect([0, 1, 299, 300, 301, 100_000].map((ageS) => rejectionOf(request({ ageS })))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      'too-old',
      'too-old',
    ]);
  });

  it('that is too old is refused before the secret is loaded', () => {
    const load = (): never => {
      throw new Error('was loaded');
    };
    expect(() => checkCallback(request({ ageS: 301 }), load)).toThrow(IntakeRejection);
  });

  it('is taken with either of two secrets while one is replaced, and never without one', () => {
    expect(rejectionOf(request(), ['x'.repeat(32), VECTOR.secret])).toBeUndefined();
    expect(rejectionOf(request(), ['x'.repeat(32)])).toBe('authentication-mismatch');
    expect(rejectionOf(request(), [])).toBe('authentication-mismatch');
  });

  it('is taken for any body and secret, and refused as soon as one bit differs', () => {
    const cases = fc.record({
      secret: fc.string({ minLength: 32, maxLength: 512 }),
      body: fc.uint8Array({ maxLength: 2_000 }),
      ageS: fc.integer({ min: -10_000, max: 300 }),
      bit: fc.nat(511),
    });
    fc.assert(
      fc.property(cases, ({ secret, body, ageS, bit }) => {
        const right = createHmac('sha512', secret).update(`${VECTOR.timestamp}.`).update(body).digest();
        expect(rejectionOf(request({ digest: right.toString('hex'), body, ageS }), [secret])).toBeUndefined();
        const wrong = Buffer.from(right);
        wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(rejectionOf(request({ digest: wrong.toString('hex'), body, ageS }), [secret])).toBe('authentication-mismatch');
      }),
    );
  });

  it('with any headers is taken or refused, and nothing else happens', () => {
    const text = fc.option(
      fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', 'f'), minLength: 128, maxLength: 128 })),
      { nil: undefined },
    );
    fc.assert(fc.property(text, text, (digest, timestamp) => expect(rejectionOf(request({ digest, timestamp }))).toBeDefined()));
  });
});

describe('the destinations a callback names', () => {
  const known = ['879ee109-a690-4db8-ab32-424284184d7d', '19c8489b-29b8-422f-b7db-919852cfb04b'];
  const called = (body: unknown): readonly string[] => calledDestinations(Buffer.from(JSON.stringify(body)), known);

  it('are those we know, in any spelling', () => {
    const submissions = [{ destinationId: '879EE109A6904DB8AB32424284184D7D' }, { destinationId: 'f39ab143-d91a-474a-b69f-b00f1a1873c2' }];
    expect(called({ type: 'x', submissions })).toEqual([known[0]]);
  });

  it('are all when it names none, or too many, or something else', () => {
    expect(called({ type: 'x', submissionIds: ['f39ab143-d91a-474a-b69f-b00f1a1873c2'] })).toEqual([]);
    expect(called({ type: 'x', submissions: Array.from({ length: 501 }, () => ({ destinationId: known[0] })) })).toEqual([]);
    expect(called({ type: 'x', submissions: [{ destinationId: known[0] }, 7] })).toEqual([]);
  });

  it.each(['', '[]', '{}', '{"type":7}', 'x', '{"type":"x"'])('are none in what is no callback: %p', (body) => {
    expect(() => calledDestinations(Buffer.from(body), known)).toThrow(expect.objectContaining({ kind: 'malformed' }));
  });
});
