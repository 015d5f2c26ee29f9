// SPDX-License-Identifier: EUPL-1.2
import { createHmac, createPublicKey, createSecretKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';

import { type BodyCheck, IntakeRejection, provingHeader, type RawRequest } from '@amtsbote/adapter-kit';

import { KEY_PREFIX, keyBytes, type WebhookOptions } from './webhook.options.js';
import { HEADER, SCHEME } from './webhook.wire.js';

/** Signatures looked at; a sender that rotates its key sends two. */
const SIGNATURES_MAX = 32;

/** Checks signatures of bodies, whole or as they come. */
export interface SignatureCheck {
  /** @throws IntakeRejection `unsigned` */
  verify(request: RawRequest): void;
  /** The same for a body that is read in pieces; nothing where a key signs with ed25519, which needs the whole. @throws IntakeRejection `unsigned` */
  streamed(head: RawRequest): BodyCheck | undefined;
}

/**
 * Verification as Standard Webhooks 1.0.0 says, over `id.timestamp.rawbody` byte for byte: a body that is no UTF-8 verifies like any other.
 * Keys are decoded once. Any signature may match any key (rotation); every comparison takes constant time.
 */
export function signatureCheck(options: Pick<WebhookOptions, 'secrets' | 'publicKeys' | 'toleranceSeconds'>): SignatureCheck {
  const secrets = options.secrets.map((secret) => createSecretKey(keyBytes(secret, KEY_PREFIX.secret) ?? Buffer.alloc(0)));
  const publicKeys = options.publicKeys.map((key) => ed25519Key(keyBytes(key, KEY_PREFIX.publicKey) ?? Buffer.alloc(0)));
  const begin = (request: RawRequest): Omit<Signed, 'whole'> => {
    const id = headerOf(request, HEADER.id);
    const timestamp = headerOf(request, HEADER.timestamp);
    const signatures = headerOf(request, HEADER.signature);
    checkTimestamp(timestamp, request.receivedAt, options.toleranceSeconds);
    const head = Buffer.from(`${id}.${timestamp}.`, 'utf8');
    return { signatures, head, macs: secrets.map((secret) => createHmac('sha256', secret).update(head)) };
  };
  return {
    verify: (request) => {
      const signed = begin(request);
      for (const mac of signed.macs) mac.update(request.body);
      const whole = publicKeys.length === 0 ? signed.head : Buffer.concat([signed.head, request.body]);
      check({ ...signed, whole }, publicKeys);
    },
    streamed: (head) => {
      if (publicKeys.length > 0) return undefined;
      const signed = begin(head);
      return {
        update: (chunk) => {
          for (const mac of signed.macs) mac.update(chunk);
        },
        end: () => check({ ...signed, whole: signed.head }, publicKeys),
      };
    },
  };
}

interface Signed {
  readonly signatures: string;
  readonly head: Buffer;
  readonly macs: readonly ReturnType<typeof createHmac>[];
  /** Everything that is signed, for keys that need it at once. */
  readonly whole: Buffer;
}

function check({ signatures, macs, whole }: Signed, publicKeys: readonly KeyObject[]): void {
  const digests = macs.map((mac) => mac.digest());
  const isSigned = signatures
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .some((signature) => matches(signature, whole, digests, publicKeys));
  if (!isSigned) throw unsigned('signature-mismatch', 'No signature fits body, id, timestamp and a known key.', HEADER.signature);
}

function headerOf(request: RawRequest, name: string): string {
  return provingHeader(request.headers, name, 'signature-missing');
}

function checkTimestamp(timestamp: string, receivedAt: Date, toleranceSeconds: number): void {
  if (!/^\d{1,11}$/.test(timestamp))
    throw unsigned('timestamp-unreadable', 'The timestamp has to be Unix time in whole seconds.', HEADER.timestamp);
  const ageMs = receivedAt.getTime() - Number(timestamp) * 1_000;
  const limit = `more than ${toleranceSeconds} seconds`;
  if (ageMs > toleranceSeconds * 1_000) throw unsigned('timestamp-too-old', `The signature is ${limit} old.`, HEADER.timestamp);
  if (ageMs < -toleranceSeconds * 1_000)
    throw unsigned('timestamp-too-new', `The signature is ${limit} ahead of our clock.`, HEADER.timestamp);
}

function matches(signature: string, signed: Buffer, macs: readonly Buffer[], publicKeys: readonly KeyObject[]): boolean {
  const [scheme, encoded = ''] = signature.split(',', 2);
  const bytes = Buffer.from(encoded, 'base64');
  if (scheme === SCHEME.hmac) return macs.some((mac) => bytes.length === mac.length && timingSafeEqual(bytes, mac));
  if (scheme === SCHEME.ed25519) return publicKeys.some((key) => verify(null, signed, key, bytes));
  return false;
}

function ed25519Key(bytes: Buffer): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: bytes.toString('base64url') }, format: 'jwk' });
}

function unsigned(code: string, detail: string, place: string): IntakeRejection {
  return new IntakeRejection('unsigned', code, detail, place);
}
