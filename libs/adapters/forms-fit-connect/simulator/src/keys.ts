// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { JWK } from 'jose';

/** A private key as the fixtures hold it, with a certificate for its public half. */
export type KeyPair = JWK & { readonly kid: string; readonly alg: string; readonly x5c: string[] };

/** Names of the key pairs in `fixtures/keys`. They are public: for tests and demonstrations, and for nothing else. */
export type TestKey = 'encryption' | 'encryption-old' | 'signing' | 'service' | 'sender';

/** A key pair of the fixtures; making one of 4096 bit takes seconds. */
export function testKey(name: TestKey): KeyPair {
  return JSON.parse(testKeyText(name)) as KeyPair;
}

/** The same as text, as it stands in a configuration. */
export function testKeyText(name: TestKey): string {
  return readFileSync(join(process.cwd(), 'libs/adapters/forms-fit-connect/fixtures/keys', `${name}.json`), 'utf8');
}

/** What is published of a pair, as the Submission API publishes it. */
export function publicHalf({ n = '', e = '', kid, alg, x5c }: KeyPair): JWK & { kid: string } {
  return { kty: 'RSA', key_ops: [alg === 'PS512' ? 'verify' : 'wrapKey'], alg, x5c, kid, n, e };
}
