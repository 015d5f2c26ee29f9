// SPDX-License-Identifier: EUPL-1.2
/*
 * German notation, assembled by hand: what `Intl` prints changes with the ICU version (spaces, commas), and a document that is made again
 * after a crash has to have the same bytes. `Intl` is asked for the offset of Europe/Berlin only.
 */
import type { FormField, Money } from '@amtsbote/canonical';

/** Integer parts with fewer digits stay ungrouped, so that years and postal codes sent as numbers stay readable. */
const GROUPED_FROM_DIGITS = 5;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

const berlin = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
});

/** A number with decimal comma and points between thousands, all its digits kept: 12345.5 becomes "12.345,5", 1e21 is written out. */
export function formatNumber(value: number): string {
  return grouped(plainDecimal(value), GROUPED_FROM_DIGITS);
}

/** An amount as it stands in a notice: 123450 cents become "1.234,50 €". */
export function formatMoney(money: Money): string {
  const cents = String(money.cents).padStart(3, '0');
  return `${grouped(`${cents.slice(0, -2)}.${cents.slice(-2)}`, 4)}\u00a0€`;
}

/** A size in bytes, kB, MB or GB (powers of 1000) with at most one decimal place: 1234567 becomes "1,2 MB". */
export function formatBytes(bytes: number): string {
  const units = ['Byte', 'kB', 'MB', 'GB'] as const;
  let size = bytes;
  let unit = 0;
  // 999.95 kB would round to "1000 kB".
  while (size >= (unit === 0 ? 1_000 : 999.95) && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  const rounded = unit === 0 ? size : Math.round(size * 10) / 10;
  return `${formatNumber(rounded)}\u00a0${units[unit] ?? ''}`;
}

/** An ISO 8601 day as "31.01.2026"; `null` when it is none (nothing is guessed). */
export function formatDay(isoDay: string): string | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(isoDay);
  if (match === null) return null;
  const [, year = '', month = '', day = ''] = match;
  const daysOfMonth = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > daysOfMonth) return null;
  return `${day}.${month}.${year}`;
}

/** A moment (ISO 8601 with zone) on the clocks of Germany: "31.01.2026, 11:00 Uhr"; `null` when it is none. */
export function formatInstant(instant: string): string | null {
  const millis = INSTANT.test(instant) ? Date.parse(instant) : Number.NaN;
  if (Number.isNaN(millis)) return null;
  const parts = new Map(berlin.formatToParts(millis).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  return `${part('day')}.${part('month')}.${part('year')}, ${part('hour')}:${part('minute')} Uhr`;
}

/** "ja" or "nein". */
export function formatYesNo(value: boolean): string {
  return value ? 'ja' : 'nein';
}

/** A form value for reading; `given` is false when there is no answer to show. */
export interface FormattedValue {
  readonly text: string;
  readonly given: boolean;
}

/**
 * The value of a form field for reading. What does not fit its declared type is shown as it was sent. Numbers in text fields are not grouped:
 * they are codes (postal codes, tax numbers).
 */
export function formatFormValue({ type, value }: Pick<FormField, 'type' | 'value'>): FormattedValue {
  if (value === null) return { text: 'keine Angabe', given: false };
  if (typeof value === 'boolean') return { text: formatYesNo(value), given: true };
  if (typeof value === 'number') return { text: type === 'number' ? formatNumber(value) : decimalComma(plainDecimal(value)), given: true };
  if (value.trim() === '') return { text: '(leer)', given: false };
  const day = type === 'date' ? (formatDay(value) ?? formatInstant(value)) : null;
  return { text: day ?? value, given: true };
}

/** Digits without exponent: JavaScript writes numbers from 1e21 on and below 1e-6 in scientific notation. */
function plainDecimal(value: number): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(String(value));
  if (match === null) return String(value);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return point >= digits.length ? sign + digits.padEnd(point, '0') : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

function decimalComma(decimal: string): string {
  return decimal.replace('.', ',');
}

function grouped(decimal: string, fromDigits: number): string {
  const [whole = '', fraction] = decimal.split('.');
  const digits = whole.replace('-', '');
  const integer = digits.length < fromDigits ? whole : whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, '.');
  return fraction === undefined ? integer : `${integer},${fraction}`;
}
