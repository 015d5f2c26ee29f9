// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** Crockford's base 32: no I, L, O, U, so nothing is mistaken on the phone. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Powers -1 to 6 of the generator 2 in GF(2^5), see {@link checkCharacter}. */
const WEIGHTS = [18, 1, 2, 4, 8, 16, 5, 10];

/** The human reference (Vorgangsnummer) of an application: eight characters and a check character, `7KQ4-M2XD-P`. */
export const Reference = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/, 'a reference like 7KQ4-M2XD-P');
export type Reference = z.infer<typeof Reference>;

/** Makes a reference of five random bytes (40 bits). Uniqueness is the store's job. */
export function referenceOf(randomBytes: Uint8Array): Reference {
  let bits = 0n;
  for (const byte of randomBytes.subarray(0, 5)) bits = (bits << 8n) | BigInt(byte);
  let body = '';
  for (let index = 0; index < 8; index += 1) body = ALPHABET.charAt(Number((bits >> BigInt(5 * index)) & 31n)) + body;
  return `${body.slice(0, 4)}-${body.slice(4)}-${checkCharacter(body)}`;
}

/**
 * Reads a reference as people type and say it (lower case, missing hyphens, O for 0, I or L for 1).
 * @returns the canonical spelling, or `null` when the check character shows a slip: any single wrong character and any swap of neighbours.
 */
export function readReference(typed: string): Reference | null {
  const characters = typed
    .toUpperCase()
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
    .replace(/[^0-9A-Z]/g, '');
  if (!/^[0-9A-HJKMNP-TV-Z]{9}$/.test(characters)) return null;
  const body = characters.slice(0, 8);
  return checkCharacter(body) === characters.charAt(8) ? `${body.slice(0, 4)}-${body.slice(4)}-${characters.charAt(8)}` : null;
}

/**
 * Weighted sum in the field of 32 elements: every character is a field element of its own, so no two can stand for each other (modulo 31 the
 * characters 0 and Z would). Weights are powers of the generator, none zero, no two neighbours equal, the last one not 1: that catches every
 * single slip and every swap of neighbours, the one with the check character included.
 */
function checkCharacter(body: string): string {
  let sum = 0;
  for (let index = 0; index < body.length; index += 1) sum ^= times(WEIGHTS[index] ?? 0, ALPHABET.indexOf(body.charAt(index)));
  return ALPHABET.charAt(sum);
}

/** Multiplication in GF(2^5) modulo x^5 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 4; bit >= 0; bit -= 1) {
    product <<= 1;
    if (product & 32) product ^= 0b100101;
    if (b & (1 << bit)) product ^= a;
  }
  return product;
}
