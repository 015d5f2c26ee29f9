// SPDX-License-Identifier: EUPL-1.2
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { StreamedJwe, testKey } from '@amtsbote/adapters/forms-fit-connect/simulator';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CompactEncrypt } from 'jose';

import { decrypted, decrypting, type DecryptionKeys, JweError } from './fit-connect.jwe.auth.js';

const KID = 'dest-enc-2026';
// The size of the key makes no difference to what is tested here, and much to how long it takes.
const pair = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const keys: DecryptionKeys = (kid) => (kid === KID ? pair.privateKey : undefined);

async function encrypted(
  plaintext: Uint8Array,
  header: Record<string, unknown> = {},
  key: KeyObject | Uint8Array = pair.publicKey,
): Promise<string> {
  return new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: KID, cty: 'application/json', ...header })
    .encrypt(key);
}

async function* inPieces(jwe: string, sizes: readonly number[] = [1_000]): AsyncGenerator<Buffer, void, undefined> {
  let start = 0;
  for (let index = 0; start < jwe.length; index += 1) {
    const end = start + Math.max(1, sizes[index % sizes.length] ?? 1);
    yield await Promise.resolve(Buffer.from(jwe.slice(start, end), 'latin1'));
    start = end;
  }
}

const tagOf = (jwe: string): string => jwe.split('.')[4] ?? '';

async function streamed(jwe: string, tag = tagOf(jwe), pieces = inPieces(jwe)): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of decrypting(pieces, keys, tag)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function faultOf(act: Promise<unknown>): Promise<string> {
  try {
    await act;
  } catch (error) {
    if (error instanceof JweError) return error.fault;
    throw error;
  }
  return 'none';
}

const segment = (jwe: string, index: number, change: (text: string) => string): string =>
  jwe
    .split('.')
    .map((text, own) => (own === index ? change(text) : text))
    .join('.');
const header = (jwe: string, change: unknown): string =>
  segment(jwe, 0, () => Buffer.from(typeof change === 'string' ? change : JSON.stringify(change)).toString('base64url'));
const flipped = (text: string): string => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);

describe('a JWE', () => {
  it('is decrypted whole and in pieces of any size to what jose encrypted', async () => {
    const cases = fc.record({
      plaintext: fc.uint8Array({ maxLength: 500 }),
      sizes: fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 }),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ plaintext, sizes }) => {
        const jwe = await encrypted(plaintext);
        expect(await streamed(jwe, tagOf(jwe), inPieces(jwe, sizes))).toEqual(Buffer.from(plaintext));
        expect(await decrypted(jwe, keys, tagOf(jwe))).toEqual(Buffer.from(plaintext));
      }),
      { numRuns: 40 },
    );
  });

  const hostile: [what: string, spoil: (jwe: string) => string | Promise<string>, fault: string][] = [
    ['without algorithm', (jwe) => header(jwe, { alg: 'none', enc: 'A256GCM', kid: KID }), 'unsupported'],
    ['with the old padding', (jwe) => header(jwe, { alg: 'RSA1_5', enc: 'A256GCM', kid: KID }), 'unsupported'],
    ['with a shared key', () => encrypted(Buffer.from('x'), { alg: 'dir' }, Buffer.alloc(32)), 'unsupported'],
    ['with a weaker cipher', () => encrypted(Buffer.from('x'), { enc: 'A128GCM' }), 'unsupported'],
    [
      'with an extension',
      (jwe) => header(jwe, { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: KID, crit: ['b64'], b64: false }),
      'unsupported',
    ],
    ['compressed', () => encrypted(Buffer.alloc(100_000), { zip: 'DEF' }), 'compressed'],
    ['for a key that is not here', () => encrypted(Buffer.from('x'), { kid: 'irgendein' }), 'keyMissing'],
    ['for another key of the same name', () => encrypted(Buffer.from('x'), {}, other.publicKey), 'undecryptable'],
    ['without kid', (jwe) => header(jwe, { alg: 'RSA-OAEP-256', enc: 'A256GCM' }), 'malformed'],
    ['with a header that is no JSON', (jwe) => header(jwe, '{"alg":'), 'malformed'],
    ['with a changed header', (jwe) => header(jwe, { alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: KID }), 'undecryptable'],
    ['with a changed key', (jwe) => segment(jwe, 1, flipped), 'undecryptable'],
    ['with a changed vector', (jwe) => segment(jwe, 2, flipped), 'undecryptable'],
    ['with a changed content', (jwe) => segment(jwe, 3, flipped), 'undecryptable'],
    ['with a shorter content', (jwe) => segment(jwe, 3, (text) => text.slice(0, -4)), 'undecryptable'],
    ['with a content that is no base64url', (jwe) => segment(jwe, 3, (text) => `${text.slice(0, -1)}*`), 'malformed'],
    ['with a key that is no key', (jwe) => segment(jwe, 1, () => 'AAAA'), 'undecryptable'],
    ['with a vector of another length', (jwe) => segment(jwe, 2, () => 'AAAA'), 'malformed'],
  ];

  it.each(hostile)('%s is not decrypted', async (_what, spoil, fault) => {
    const jwe = await spoil(await encrypted(Buffer.from('{"geheim":"Inhalt, der lang genug ist"}')));
    expect(await faultOf(streamed(jwe))).toBe(fault);
    // A library looks at some things in another order; what it does not take it does not take.
    const whole = await faultOf(decrypted(jwe, keys, tagOf(jwe)));
    expect(fault === 'malformed' ? ['malformed', 'undecryptable'] : [fault]).toContain(whole);
  });

  it('with another tag than the event log names is not taken, whether or not it could be decrypted', async () => {
    const jwe = await encrypted(Buffer.from('Inhalt'));
    const foreign = tagOf(await encrypted(Buffer.from('Inhalt')));
    expect(await faultOf(streamed(jwe, foreign))).toBe('tagDiffers');
    expect(await faultOf(decrypted(jwe, keys, foreign))).toBe('tagDiffers');
    const changed = segment(jwe, 4, flipped);
    expect(await faultOf(streamed(changed))).toBe('undecryptable');
    expect(await faultOf(decrypted(changed, keys, tagOf(changed)))).toBe('undecryptable');
  });

  it('that is cut anywhere, or goes on, is malformed', async () => {
    const jwe = await encrypted(Buffer.from('Inhalt, der ein wenig länger ist'));
    for (let length = 0; length < jwe.length; length += 7) {
      const cut = jwe.slice(0, length);
      expect(['malformed', 'undecryptable']).toContain(await faultOf(streamed(cut, tagOf(jwe))));
    }
    expect(await faultOf(streamed(`${jwe}A`, tagOf(jwe)))).toBe('malformed');
    expect(await faultOf(streamed(`${jwe}.`, tagOf(jwe)))).toBe('malformed');
    expect(await faultOf(decrypted(`${jwe}.`, keys, tagOf(jwe)))).toBe('malformed');
  });

  it('whose header never ends is given up early', async () => {
    let read = 0;
    const endless = async function* (): AsyncGenerator<Buffer, void, undefined> {
      for (;;) {
        read += 1_000;
        yield await Promise.resolve(Buffer.alloc(1_000, 'A'));
      }
    };
    expect(await faultOf(streamed('', '', endless()))).toBe('malformed');
    expect(read).toBeLessThan(20_000);
  });

  it('of 200 MB passes through without more than a piece of it being held', async () => {
    const bytes = 200_000_000;
    const key = testKey('encryption');
    const jwe = await StreamedJwe.prepare('a', bytes, { n: key.n ?? '', e: key.e ?? '', kid: KID });
    let [taken, given, heldMax] = [0, 0, 0];
    const source = async function* (): AsyncGenerator<Buffer, void, undefined> {
      for await (const chunk of jwe.bytes()) {
        taken += chunk.length;
        yield chunk;
      }
    };
    const privateKey = createPrivateKey({ key: { ...key }, format: 'jwk' });
    for await (const chunk of decrypting(source(), () => privateKey, jwe.tag)) {
      given += chunk.length;
      heldMax = Math.max(heldMax, (taken * 3) / 4 - given);
    }
    expect(given).toBe(bytes);
    // Header and wrapped key, and never more of the content than a piece.
    expect(heldMax).toBeLessThan(66_000);
    expect(createPublicKey(privateKey).asymmetricKeyType).toBe('rsa');
  });
});
