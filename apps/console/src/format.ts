// SPDX-License-Identifier: EUPL-1.2
import { texts } from './language.js';

/** A moment to the second, in the reader's time zone. */
export function moment(iso: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'medium' } as const;
  return new Intl.DateTimeFormat(texts().language === 'de' ? 'de-DE' : 'en-GB', options).format(new Date(iso));
}

/** `5 min`: how long ago. */
export function ago(iso: string | null, now: Date = new Date()): string {
  if (iso === null) return '–';
  const { seconds, minutes, hours, days } = texts().ago;
  const past = Math.max(0, Math.round((now.getTime() - Date.parse(iso)) / 1_000));
  if (past < 90) return `${past} ${seconds}`;
  if (past < 90 * 60) return `${Math.round(past / 60)} ${minutes}`;
  if (past < 48 * 3_600) return `${Math.round(past / 3_600)} ${hours}`;
  return `${Math.round(past / 86_400)} ${days}`;
}

/** A count. */
export function amount(count: number): string {
  return count.toLocaleString(texts().language === 'de' ? 'de-DE' : 'en-GB');
}

/** Bytes: `12 kB`, `3,4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${amount(Math.round(bytes / 1_000))} kB`;
  return `${amount(Math.round(bytes / 100_000) / 10)} MB`;
}

/** `5 min`: how long something takes. */
export function lasting(ms: number): string {
  const { seconds, minutes, hours } = texts().ago;
  const rest = Math.ceil(ms / 1_000);
  if (rest < 90) return `${rest} ${seconds}`;
  return rest < 90 * 60 ? `${Math.round(rest / 60)} ${minutes}` : `${Math.round(rest / 3_600)} ${hours}`;
}

/** An amount of money. */
export function money(cents: number, currency: string): string {
  return new Intl.NumberFormat(texts().language === 'de' ? 'de-DE' : 'en-GB', { style: 'currency', currency }).format(cents / 100);
}

/** A value of a timeline entry as one line: moments in the reader's time, lists with commas, objects as `key value`. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? moment(value) : value;
  if (value === true) return texts().yes;
  if (Array.isArray(value)) return value.map(valueText).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, part]) => `${key} ${valueText(part)}`)
    .join(', ');
}
