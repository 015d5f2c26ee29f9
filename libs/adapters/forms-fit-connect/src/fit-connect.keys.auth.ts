// SPDX-License-Identifier: EUPL-1.2
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

import { z } from 'zod';

/** RSA of 4096 bit or more, as FIT-Connect asks for. */
const BITS_MIN = 4_096;

const PrivateJwk = z.looseObject({
  kty: z.literal('RSA'),
  kid: z.string().min(8).max(64),
  alg: z.string().optional(),
  n: z.string(),
  e: z.string(),
  d: z.string(),
});

/** What a private key is for; `alg` of the JWK has to say the same, if it says anything. */
export type KeyUse = 'RSA-OAEP-256' | 'PS512';

/** A private key with the name under which its public half is published. */
export interface NamedKey {
  readonly kid: string;
  readonly key: KeyObject;
  /** The modulus, base64url: by it two halves of one pair are known. */
  readonly modulus: string;
}

/**
 * A private key from a JWK as FIT-Connect's key tools write them. `use`, `key_ops` and `ext` are not looked at: they say "wrapKey" and "verify" of the
 * public half in some tools.
 * @throws Error without any part of the key.
 */
export function privateKeyOf(jwk: string, use: KeyUse): NamedKey {
  const read = PrivateJwk.safeParse(jsonIn(jwk));
  if (!read.success) throw new Error('a private RSA key as JWK (JSON) with a kid of 8 to 64 characters');
  const { kid, alg = use, n, e, d, ...others } = read.data;
  if (alg !== use) throw new Error(`a private key whose alg is ${use}`);
  const key = keyObjectOf({ kty: 'RSA', n, e, d, ...factorsIn(others) });
  if ((key?.asymmetricKeyDetails?.modulusLength ?? 0) < BITS_MIN) throw new Error(`an RSA key of at least ${BITS_MIN} bit`);
  if (key === undefined) throw new Error('a complete private RSA key');
  return { kid, key, modulus: String(createPublicKey(key).export({ format: 'jwk' }).n) };
}

/** Whether {@link privateKeyOf} takes it: for the configuration, which shows no part of a key. */
export function isPrivateKey(jwk: string, use: KeyUse): boolean {
  try {
    privateKeyOf(jwk, use);
    return true;
  } catch {
    return false;
  }
}

function factorsIn(others: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(['p', 'q', 'dp', 'dq', 'qi'].flatMap((name) => (name in others ? [[name, others[name]]] : [])));
}

function keyObjectOf(jwk: Record<string, unknown>): KeyObject | undefined {
  try {
    return createPrivateKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
