// SPDX-License-Identifier: EUPL-1.2
import type { Identifier } from '@amtsbote/canonical';

/*
 * Area keys as they are stored and looked up. A key of the regional order (ARS: Land 2, Regierungsbezirk 1, Kreis 2, Verband 4, Gemeinde 3
 * digits) is stored without its trailing zeros, cut in whole level steps: what is left is a prefix of every key below it, and the Bund is the
 * empty text. An AGS of a municipality has no Verband and is no prefix of anything: it is stored as `=` and its eight digits.
 */

/** Where the parts of an ARS begin, lowest level first. */
const LEVELS = [9, 5, 3, 2, 0];
const DIGITS = /^\d{2,12}$/;
const AGS_LENGTH = 8;
const ARS_LENGTH = 12;

/** Everywhere. */
export const EVERYWHERE = '';

/** The key under which an area is stored; what is no key of the regional order is found by nobody (`?…`), and stays visible. Pure. */
export function areaKeyOf({ value }: Pick<Identifier, 'value'>): string {
  const digits = value.trim();
  if (!DIGITS.test(digits)) return `?${digits.slice(0, 100)}`;
  if (digits.length !== AGS_LENGTH) return withoutLowerLevels(digits);
  // A kreisfreie Stadt or a Kreis: the Verband is all zeros as well.
  return digits.endsWith('000') ? withoutLowerLevels(digits.slice(0, 5)) : `=${digits}`;
}

/** Keys of a place and of everything above it, as stored; an AGS of eight digits is understood too. Pure. */
export function areaKeysAbove(key: string): string[] {
  if (key.length === AGS_LENGTH) return [...prefixesOf(key.slice(0, 5)), `=${key}`];
  const ags = key.length === ARS_LENGTH ? [`=${key.slice(0, 5)}${key.slice(9)}`] : [];
  return [...prefixesOf(key), ...ags];
}

/** How narrow an area is: the longest match wins. Pure. */
export function narrownessOf(area: string): number {
  return area.startsWith('=') ? ARS_LENGTH : area.length;
}

function prefixesOf(key: string): string[] {
  return Array.from({ length: key.length + 1 }, (_, length) => key.slice(0, length));
}

function withoutLowerLevels(digits: string): string {
  let key = digits;
  for (const start of LEVELS) if (key.length > start && /^0+$/.test(key.slice(start))) key = key.slice(0, start);
  return key;
}
