// SPDX-License-Identifier: EUPL-1.2
import { constants, createDecipheriv, type DecipherGCM, type KeyObject, privateDecrypt } from 'node:crypto';

import { compactDecrypt } from 'jose';
import { z } from 'zod';

/**
 * Why a JWE (RFC 7516, compact) gives no plaintext.
 * - `malformed`: not five segments of base64url, or cut off on the way
 * - `unsupported`: of an algorithm or an extension that the delivery service does not allow
 * - `compressed`: by `zip`, which version 2 does not allow; what it grows to is known only when it has grown
 * - `keyMissing`: for a key that is not configured here
 * - `tagDiffers`: whole, and not the one whose tag the event log names
 * - `undecryptable`: key or tag do not fit
 */
export type JweFault = 'malformed' | 'unsupported' | 'compressed' | 'keyMissing' | 'tagDiffers' | 'undecryptable';

/** A JWE that cannot be read; carries no content. */
export class JweError extends Error {
  override readonly name = 'JweError';
  constructor(
    readonly fault: JweFault,
    message: string,
    /** Key it was encrypted for, once the header was read. */
    readonly kid?: string,
  ) {
    super(message);
  }
}

/** Finds the private key for a `kid`, or `undefined`. Several may be known: old ones stay until nothing for them is under way any more. */
export type DecryptionKeys = (kid: string) => KeyObject | undefined;

const HEADER_LENGTH_MAX = 8 * 1024;
/** Of an encrypted content key: RSA of 16,384 bit. */
const KEY_LENGTH_MAX = 2_731;
const IV_LENGTH = 16;
const TAG_LENGTH = 22;
const CONTENT_KEY_BYTES = 32;
const DOT = 0x2e;
/** Number of the segment that is not collected. */
const CIPHERTEXT = 4;
const LENGTHS_MAX = [HEADER_LENGTH_MAX, KEY_LENGTH_MAX, IV_LENGTH, 0, TAG_LENGTH];

const Header = z.looseObject({ alg: z.string(), enc: z.string(), kid: z.string().min(1).max(200) });

/**
 * What a header may say: RSA-OAEP-256 and A256GCM, nothing else, for nobody else; neither compression (a few kilobytes could become
 * gigabytes) nor extensions.
 * @throws JweError
 */
function kidOf(header: string): string {
  const read = Header.safeParse(jsonIn(header));
  if (!read.success) throw new JweError('malformed', 'the header is no JSON object with alg, enc and kid');
  const { alg, enc, kid, ...others } = read.data;
  if (alg !== 'RSA-OAEP-256' || enc !== 'A256GCM') throw new JweError('unsupported', 'alg has to be RSA-OAEP-256, enc A256GCM', kid);
  if ('crit' in others) throw new JweError('unsupported', 'extensions are not allowed', kid);
  if ('zip' in others) throw new JweError('compressed', 'compressed content is not read', kid);
  return kid;
}

function jsonIn(segment: string): unknown {
  try {
    return JSON.parse(bytesOf(segment).toString('utf8'));
  } catch (error) {
    if (error instanceof JweError) throw error;
    return undefined;
  }
}

/** Strict base64url: what a decoder would skip is refused. */
function bytesOf(segment: string): Buffer {
  const bytes = Buffer.from(segment, 'base64url');
  if (segment.length % 4 === 1 || bytes.length !== Math.floor((segment.length * 3) / 4))
    throw new JweError('malformed', 'a segment is not base64url');
  return bytes;
}

function keyFor(kid: string, keys: DecryptionKeys): KeyObject {
  const key = keys(kid);
  if (key === undefined) throw new JweError('keyMissing', 'there is no private key for this kid', kid);
  return key;
}

/**
 * Decrypts a whole JWE that is small enough to be held in memory.
 * @param expectedTag the fifth segment by the event log.
 * @throws JweError
 */
export async function decrypted(jwe: string, keys: DecryptionKeys, expectedTag: string): Promise<Buffer> {
  const [header = '', , , , tag, ...more] = jwe.split('.');
  if (tag === undefined || more.length > 0 || tag.length !== TAG_LENGTH) throw new JweError('malformed', 'a compact JWE has five segments');
  if (tag !== expectedTag) throw new JweError('tagDiffers', 'the authentication tag is not the one in the event log');
  if (header.length > HEADER_LENGTH_MAX) throw new JweError('malformed', 'the header is too long');
  const kid = kidOf(header);
  const key = keyFor(kid, keys);
  try {
    const options = { keyManagementAlgorithms: ['RSA-OAEP-256'], contentEncryptionAlgorithms: ['A256GCM'] };
    return Buffer.from((await compactDecrypt(jwe, key, options)).plaintext);
  } catch {
    // Whatever it was, its words might tell of the content.
    throw new JweError('undecryptable', 'the JWE cannot be decrypted with the key it names', kid);
  }
}

/**
 * Decrypts a compact JWE while it streams, in constant memory. The authentication tag stands at its end: what comes out is **not yet
 * authentic** until the iteration has ended without an error, and must not be used before.
 * @param expectedTag the fifth segment by the event log.
 * @throws JweError
 */
export async function* decrypting(
  jwe: AsyncIterable<Buffer>,
  keys: DecryptionKeys,
  expectedTag: string,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = new CompactReader(keys);
  for await (const chunk of jwe) yield* reader.plaintextOf(chunk);
  reader.finish(expectedTag);
}

/** Reads the five segments piece by piece; holds of the ciphertext at most three characters. */
class CompactReader {
  /** Segments begun so far, as far as they are small; that of the ciphertext is its rest: four characters are three bytes. */
  private readonly segments: string[] = [''];
  private kid: string | undefined;
  private decipher: DecipherGCM | undefined;

  constructor(private readonly keys: DecryptionKeys) {}

  *plaintextOf(chunk: Buffer): Generator<Buffer, void, undefined> {
    let start = 0;
    while (start < chunk.length) {
      const dot = chunk.indexOf(DOT, start);
      const end = dot === -1 ? chunk.length : dot;
      const text = chunk.subarray(start, end).toString('latin1');
      if (this.segments.length === CIPHERTEXT) yield* this.deciphered(text, dot !== -1);
      else this.collect(text);
      if (dot !== -1) this.begin();
      start = end + 1;
    }
  }

  finish(expectedTag: string): void {
    const tag = this.segments[4];
    if (tag?.length !== TAG_LENGTH || this.decipher === undefined) throw this.malformed('the JWE ends before its tag');
    if (tag !== expectedTag) throw new JweError('tagDiffers', 'the authentication tag is not the one in the event log', this.kid);
    try {
      this.decipher.setAuthTag(bytesOf(tag)).final();
    } catch {
      throw new JweError('undecryptable', 'the content is not what the authentication tag was made of', this.kid);
    }
  }

  private collect(text: string): void {
    const index = this.segments.length - 1;
    const known = `${this.segments[index] ?? ''}${text}`;
    if (known.length > (LENGTHS_MAX[index] ?? 0)) throw this.malformed('a segment is too long');
    this.segments[index] = known;
  }

  /** A segment is complete, another one begins. */
  private begin(): void {
    if (this.segments.length === 1) this.kid = kidOf(this.segments[0] ?? '');
    if (this.segments.length === 3) this.decipher = this.opened();
    if (this.segments.length === 5) throw this.malformed('a compact JWE has five segments');
    this.segments.push('');
  }

  private opened(): DecipherGCM {
    const [header = '', encrypted = '', vector = ''] = this.segments;
    if (vector.length !== IV_LENGTH) throw this.malformed('the initialisation vector has 96 bit');
    const contentKey = unwrapped(keyFor(this.kid ?? '', this.keys), bytesOf(encrypted));
    if (contentKey?.length !== CONTENT_KEY_BYTES)
      throw new JweError('undecryptable', 'the JWE cannot be decrypted with the key it names', this.kid);
    return createDecipheriv('aes-256-gcm', contentKey, bytesOf(vector), { authTagLength: 16 }).setAAD(Buffer.from(header, 'latin1'));
  }

  private *deciphered(text: string, isLast: boolean): Generator<Buffer, void, undefined> {
    const known = `${this.segments[3] ?? ''}${text}`;
    const length = isLast ? known.length : known.length - (known.length % 4);
    this.segments[3] = known.slice(length);
    if (length > 0 && this.decipher !== undefined) yield this.decipher.update(bytesOf(known.slice(0, length)));
  }

  private malformed(message: string): JweError {
    return new JweError('malformed', message, this.kid);
  }
}

function unwrapped(key: KeyObject, encrypted: Buffer): Buffer | undefined {
  try {
    return privateDecrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, encrypted);
  } catch {
    return undefined;
  }
}
