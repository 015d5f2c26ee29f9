// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import { isDay } from '../day.js';
import { germanNumber } from '../german-number.js';
import { ownEntry } from '../own-entry.js';
import type { DayFormat } from './form-mapping.js';

/** A pointer with a way to read what stands there. */
export interface Reading {
  readonly at: string | readonly string[];
  readonly day?: DayFormat | undefined;
  readonly number?: 'de' | 'plain' | undefined;
  readonly lookup?: string | Readonly<Record<string, string>> | undefined;
  readonly otherwise?: string | undefined;
}
/** What an answer may be. */
export type Scalar = string | number | boolean;

const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;
const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;
/** Year, month, day as they stand in the text. */
const WRITTEN: Readonly<Partial<Record<DayFormat, readonly [RegExp, string]>>> = {
  'yyyy-mm-dd': [/^(\d{4})-(\d{2})-(\d{2})$/, '$1-$2-$3'],
  'dd.mm.yyyy': [/^(\d{2})\.(\d{2})\.(\d{4})$/, '$3-$2-$1'],
  'dd/mm/yyyy': [/^(\d{2})\/(\d{2})\/(\d{4})$/, '$3-$2-$1'],
  yyyymmdd: [/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'],
};
/** Largest moment that ECMAScript knows, in milliseconds. */
const EPOCH_MS_MAX = 8.64e15;
const GERMAN_DAY = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' });

/** What stands there, read as the mapping says; nothing when it cannot be read so: then it stays unmapped. Pure. */
export function readingOf(
  { day, number, lookup }: Reading,
  sent: JsonValue | undefined,
  tables: Readonly<Record<string, Readonly<Record<string, string>>>>,
): Scalar | undefined {
  if (sent === null || sent === undefined || typeof sent === 'object') return undefined;
  const found = lookup === undefined ? sent : lookedUp(lookup, sent, tables);
  if (found === undefined) return undefined;
  if (day !== undefined) return dayOf(day, found);
  return number === undefined ? found : numberOf(number, found);
}

function lookedUp(
  lookup: string | Readonly<Record<string, string>>,
  sent: Scalar,
  tables: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string | undefined {
  const table = typeof lookup === 'string' ? ownEntry(tables, lookup) : lookup;
  return table === undefined ? undefined : ownEntry(table, String(sent));
}

function dayOf(format: DayFormat, value: Scalar): string | undefined {
  const written = WRITTEN[format];
  const text = String(value).trim();
  const day = written === undefined ? dayOfMoment(format, text) : written[0].test(text) ? text.replace(...written) : undefined;
  return day !== undefined && isDay(day) ? day : undefined;
}

function dayOfMoment(format: DayFormat, text: string): string | undefined {
  if (format === 'isoMoment') {
    const zone = MOMENT.exec(text);
    if (zone === null) return undefined;
    // Without a zone it is what a German clock showed.
    return zone[1] === undefined ? text.slice(0, 10) : germanDay(Date.parse(text));
  }
  if (!/^-?\d{1,16}$/.test(text)) return undefined;
  return germanDay(Number(text) * (format === 'epochSeconds' ? 1_000 : 1));
}

function germanDay(ms: number): string | undefined {
  return Number.isFinite(ms) && Math.abs(ms) <= EPOCH_MS_MAX ? GERMAN_DAY.format(new Date(ms)) : undefined;
}

function numberOf(way: 'de' | 'plain', value: Scalar): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return undefined;
  const text = value.trim();
  if (way === 'de') return germanNumber(text);
  return PLAIN_NUMBER.test(text) && String(Number(text)) === text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')
    ? Number(text)
    : undefined;
}
