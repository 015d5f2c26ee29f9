// SPDX-License-Identifier: EUPL-1.2
import { generateKeyPairSync, sign } from 'node:crypto';

import { IntakeRejection, type RawRequest } from '@amtsbote/adapter-kit';
import { aRawRequest } from '@amtsbote/adapter-kit/testing';
import { webhookSender } from '@amtsbote/adapters/forms-webhook/simulator';
import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';

import { WebhookOptions } from './webhook.options.js';
import { signatureCheck } from './webhook.signature.auth.js';

/** The published test vector of Standard Webhooks 1.0.0. */
const VECTOR = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const OTHER = `whsec_${Buffer.alloc(32, 'anderes').toString('base64')}`;
const pair = generateKeyPairSync('ed25519');
const publicKey = `whpk_${Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('base64')}`;

const vectorTime = new Date(Number(VECTOR.timestamp) * 1_000);
const check = (request: RawRequest, keys: Record<string, unknown> = { secrets: [VECTOR.secret] }): string => {
  try {
    signatureCheck(WebhookOptions.parse(keys)).verify(request);
    return 'accepted';
  } catch (error) {
    if (error instanceof IntakeRejection) return error.code;
    throw error;
  }
};
const request = (headers: Record<string, string> = {}, more: Partial<RawRequest> = {}): RawRequest =>
  aRawRequest({
    body: Buffer.from(VECTOR.body),
    headers: { 'webhook-id': VECTOR.id, 'webhook-timestamp': VECTOR.timestamp, 'webhook-signature': VECTOR.signature, ...headers },
    receivedAt: vectorTime,
    ...more,
  });

describe('a Standard Webhooks signature', () => {
  it('of the published test vector is accepted', () => {
    expect(check(request())).toBe('accepted');
  });

  it.each([
    ['the last second of the tolerance, late', 300_000, 'accepted'],
    ['one millisecond beyond it', 300_001, 'timestamp-too-old'],
    ['the last second of the tolerance, early', -300_000, 'accepted'],
    ['one millisecond too early', -300_001, 'timestamp-too-new'],
  ])('arriving in %s: %p ms is %s', (_what, offsetMs, outcome) => {
    expect(check(request({}, { receivedAt: new Date(vectorTime.getTime() + offsetMs) }))).toBe(outcome);
  });

  it('is found among others, and with any of several secrets: rotation on either side', () => {
    const two = `v1,${Buffer.alloc(32).toString('base64')} v1a,AAAA v7,?? ${VECTOR.signature}`;
    expect(check(request({ 'webhook-signature': two }), { secrets: [OTHER, VECTOR.secret] })).toBe('accepted');
    expect(check(request({ 'webhook-signature': two }), { secrets: [OTHER] })).toBe('signature-mismatch');
  });

  it.each(['-1614265330', '1614265330.0', '1e9', ' 1614265330', '99999999999999999999'])(
    'with the timestamp %p is refused',
    (timestamp) => {
      expect(check(request({ 'webhook-timestamp': timestamp }))).toBe('timestamp-unreadable');
    },
  );

  it.each(['v1', 'v1,', ',', 'v1,g0hM9SsE+OTPJTGt', `v1a,${VECTOR.signature.slice(3)}`, VECTOR.signature.toLowerCase()])(
    '%p is refused',
    (signature) => {
      expect(check(request({ 'webhook-signature': signature }))).toBe('signature-mismatch');
    },
  );

  it('does not change sides: neither id nor timestamp can be borrowed from the body', () => {
    expect(check(request({ 'webhook-id': `${VECTOR.id}.${VECTOR.timestamp}` }, { body: Buffer.from(VECTOR.body) }))).toBe(
      'signature-mismatch',
    );
  });

  it('covers bytes, not text: a body that is no UTF-8 verifies, one replaced character does not', () => {
    const latin1 = Buffer.from('{"ort":"M\u00fcnchen"}', 'latin1');
    const sender = webhookSender({ url: 'http://127.0.0.1', secrets: [VECTOR.secret], now: () => vectorTime });
    const headers = sender.signatureHeaders('msg_1', latin1);
    expect(check(request(headers, { body: latin1 }))).toBe('accepted');
    expect(check(request(headers, { body: Buffer.from(latin1.toString('utf8'), 'utf8') }))).toBe('signature-mismatch');
  });

  it("with ed25519 (v1a) is accepted by the sender's public key only", () => {
    const content = `${VECTOR.id}.${VECTOR.timestamp}.${VECTOR.body}`;
    const signature = `v1a,${sign(null, Buffer.from(content), pair.privateKey).toString('base64')}`;
    const strange = `v1a,${sign(null, Buffer.from(content), generateKeyPairSync('ed25519').privateKey).toString('base64')}`;
    expect(check(request({ 'webhook-signature': signature }), { publicKeys: [publicKey] })).toBe('accepted');
    expect(check(request({ 'webhook-signature': strange }), { publicKeys: [publicKey] })).toBe('signature-mismatch');
    expect(check(request({ 'webhook-signature': signature }), { secrets: [VECTOR.secret] })).toBe('signature-mismatch');
  });
});

describe('the reference implementation (npm standardwebhooks) as oracle', () => {
  const bodies = [VECTOR.body, '{}', '{"name":"Jürgen Groß; & <Söhne>"}', `{"lang":"${'ä'.repeat(100_000)}"}`];

  it.each(bodies.map((body) => [body.slice(0, 40), body]))('signs %s so that we accept it', (_start, body) => {
    const signature = new Webhook(VECTOR.secret).sign('msg_oracle', vectorTime, body);
    const headers = { 'webhook-id': 'msg_oracle', 'webhook-signature': signature };
    expect(check(request(headers, { body: Buffer.from(body) }))).toBe('accepted');
    expect(check(request(headers, { body: Buffer.from(`${body} `) }))).toBe('signature-mismatch');
  });

  it.each(bodies.map((body) => [body.slice(0, 40), body]))('accepts what the simulated sender signs: %s', (_start, body) => {
    const headers = webhookSender({ url: 'http://127.0.0.1', secrets: [OTHER, VECTOR.secret] }).signatureHeaders(
      'msg_ours',
      Buffer.from(body),
    );
    expect(new Webhook(VECTOR.secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(VECTOR.secret).verify(`${body} `, headers)).toThrow('No matching signature');
  });
});

describe('the keys in the options', () => {
  const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;
  it.each([
    [secretOf(24), true],
    [secretOf(64), true],
    [secretOf(23), false],
    [secretOf(65), false],
    ['AA==', false],
    ['whsec_', false],
    [secretOf(24).slice('whsec_'.length), false],
    [`${secretOf(24)} `, false],
    [`whsec_${Buffer.alloc(25, 250).toString('base64url')}`, false],
  ])('take the secret %s: %p', (secret, isTaken) => {
    expect(WebhookOptions.safeParse({ secrets: [secret] }).success).toBe(isTaken);
  });

  it('take public keys of 32 bytes, and at least one key of either kind', () => {
    expect(WebhookOptions.safeParse({ publicKeys: [publicKey] }).success).toBe(true);
    expect(WebhookOptions.safeParse({ publicKeys: [publicKey.slice(0, -4)] }).success).toBe(false);
    expect(WebhookOptions.safeParse({}).success).toBe(false);
  });
});
