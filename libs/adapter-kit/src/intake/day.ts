// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

const Day = z.iso.date();
const LENGTH = '2026-01-31'.length;

/** Whether a value is a day of the calendar as ISO 8601 writes it. Asked of every answer of every form: most are told by their length. */
export function isDay(value: unknown): boolean {
  return typeof value === 'string' && value.length === LENGTH && Day.safeParse(value).success;
}
