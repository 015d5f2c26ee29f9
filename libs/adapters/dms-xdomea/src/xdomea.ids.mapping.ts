// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

/** Namespace of all ids this adapter makes; never change it: a rebuilt message has to be the same. */
const NAMESPACE = Buffer.from('6a1f2c0e5d0b4c5e9a7d3f1b8e2c4a60', 'hex');

/** What ids are made for. */
export type IdOf = 'akte' | 'vorgang' | 'document' | 'file' | 'process' | 'message';

/** UUID version 5 (RFC 9562, section 5.5): the same text always gives the same id. Pure. */
export function stableId(kind: IdOf, key: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(`${kind}:${key}`).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
