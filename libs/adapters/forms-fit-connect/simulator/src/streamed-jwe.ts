// SPDX-License-Identifier: EUPL-1.2
import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto';

import type { JWK } from 'jose';

const CHUNK_BYTES = 48 * 1024;
const CHUNK = Buffer.alloc(CHUNK_BYTES, 'Amtsbote ');

/** So many bytes, never held together. */
export function* madeUpPlaintext(bytes: number): Generator<Buffer> {
  for (let left = bytes; left > 0; left -= CHUNK_BYTES) yield left >= CHUNK_BYTES ? CHUNK : CHUNK.subarray(0, left);
}

/** A compact JWE of made-up content that is encrypted anew whenever it is fetched: of any size, in constant memory, always the same. */
export class StreamedJwe {
  private constructor(
    readonly id: string,
    /** The fifth segment. */
    readonly tag: string,
    private readonly parts: {
      readonly head: string;
      readonly header: string;
      readonly key: Buffer;
      readonly vector: Buffer;
      readonly bytes: number;
    },
  ) {}

  static async prepare(id: string, bytes: number, jwk: JWK): Promise<StreamedJwe> {
    const header = Buffer.from(
      JSON.stringify({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: jwk.kid, cty: 'application/octet-stream' }),
    ).toString('base64url');
    const [key, vector] = [randomBytes(32), randomBytes(12)];
    const publicKey = createPublicKey({ key: { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' }, format: 'jwk' });
    const wrapped = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, key);
    const parts = { head: `${header}.${wrapped.toString('base64url')}.${vector.toString('base64url')}.`, header, key, vector, bytes };
    let tag = '';
    for await (const chunk of new StreamedJwe(id, '', parts).bytes()) tag = chunk.toString('latin1');
    return new StreamedJwe(id, tag.slice(1), parts);
  }

  /** The JWE; the last piece is the dot and the tag. */
  async *bytes(): AsyncGenerator<Buffer, void, undefined> {
    const { head, header, key, vector, bytes } = this.parts;
    const cipher = createCipheriv('aes-256-gcm', key, vector).setAAD(Buffer.from(header, 'latin1'));
    yield Buffer.from(head, 'latin1');
    // Chunks are multiples of three bytes, so that their base64url can be put together.
    for (const chunk of madeUpPlaintext(bytes)) yield Buffer.from(cipher.update(chunk).toString('base64url'), 'latin1');
    cipher.final();
    yield await Promise.resolve(Buffer.from(`.${cipher.getAuthTag().toString('base64url')}`, 'latin1'));
  }
}
