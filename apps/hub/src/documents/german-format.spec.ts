// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { formatBytes, formatDay, formatFormValue, formatInstant, formatMoney, formatNumber, formatYesNo } from './german-format.js';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('German formats', () => {
  it.each([
    [0, '0'],
    [3, '3'],
    [2026, '2026'],
    [12_345, '12.345'],
    [1_234_567.25, '1.234.567,25'],
    [-12_345.5, '-12.345,5'],
    [0.1, '0,1'],
    [1e21, '1.000.000.000.000.000.000.000'],
    [1.5e-7, '0,00000015'],
    [-2.5e22, '-25.000.000.000.000.000.000.000'],
    [-0, '0'],
  ])('writes the number %p as %s', (value, expected) => {
    expect(formatNumber(value)).toBe(expected);
  });

  it.each([
    [0, '0,00 €'],
    [5, '0,05 €'],
    [2_600, '26,00 €'],
    [123_450, '1.234,50 €'],
    [99_999_900, '999.999,00 €'],
  ])('writes %i cents as %s', (cents, expected) => {
    expect(plain(formatMoney({ cents, currency: 'EUR' }))).toBe(expected);
  });

  it.each([
    [0, '0 Byte'],
    [999, '999 Byte'],
    [1_000, '1 kB'],
    [1_234, '1,2 kB'],
    [999_949, '999,9 kB'],
    [999_950, '1 MB'],
    [1_234_567, '1,2 MB'],
    [2_500_000_000, '2,5 GB'],
    [12_345_000_000_000, '12.345 GB'],
  ])('writes %i bytes as %s', (bytes, expected) => {
    expect(plain(formatBytes(bytes))).toBe(expected);
  });

  it.each([
    ['2026-01-31', '31.01.2026'],
    ['2024-02-29', '29.02.2024'],
    ['2026-02-29', null],
    ['2026-13-01', null],
    ['2026-00-01', null],
    ['2026-01-00', null],
    ['31.01.2026', null],
    ['', null],
  ])('reads the day %p as %p', (day, expected) => {
    expect(formatDay(day)).toBe(expected);
  });

  it.each([
    ['2026-01-31T10:00:00.000Z', '31.01.2026, 11:00 Uhr'],
    ['2026-07-01T22:30:00.000Z', '02.07.2026, 00:30 Uhr'],
    ['2026-03-29T00:59:59.999Z', '29.03.2026, 01:59 Uhr'],
    ['2026-03-29T01:00:00.000Z', '29.03.2026, 03:00 Uhr'],
    ['2026-07-01T10:00+02:00', '01.07.2026, 10:00 Uhr'],
    ['2026-07-01T10:00:00', null],
    ['2026-99-01T10:00:00Z', null],
    ['gestern', null],
  ])('puts the instant %p on German clocks as %p', (instant, expected) => {
    expect(formatInstant(instant)).toBe(expected);
  });

  it('says ja and nein', () => {
    expect([formatYesNo(true), formatYesNo(false)]).toEqual(['ja', 'nein']);
  });

  it.each([
    ['text', null, 'keine Angabe', false],
    ['text', '', '(leer)', false],
    ['text', ' \n', '(leer)', false],
    ['text', 'keine Angabe', 'keine Angabe', true],
    ['text', '2026-02-01', '2026-02-01', true],
    ['text', 33602, '33602', true],
    ['text', 1.5, '1,5', true],
    ['number', 33602, '33.602', true],
    ['number', 'drei', 'drei', true],
    ['date', '2026-02-01', '01.02.2026', true],
    ['date', '2026-02-01T08:00:00Z', '01.02.2026, 09:00 Uhr', true],
    ['date', 'Anfang Februar', 'Anfang Februar', true],
    ['boolean', true, 'ja', true],
    ['boolean', false, 'nein', true],
    ['boolean', 'true', 'true', true],
  ] as const)('shows a %s field with %p as "%s"', (type, value, text, given) => {
    expect(formatFormValue({ type, value })).toEqual({ text, given });
  });
});
