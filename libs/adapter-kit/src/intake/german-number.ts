// SPDX-License-Identifier: EUPL-1.2

const GERMAN_NUMBER = /^(-?)(\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(\d{1,15}))?$/;

/** 1.234,50 is a number, 1.5 is not known to be one. One that a double cannot hold digit by digit stays text; so does 007. */
export function germanNumber(text: string): number | undefined {
  const [, sign = '', whole = '', fraction = ''] = GERMAN_NUMBER.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = whole.replaceAll('.', '');
  const significant = fraction.replace(/0+$/, '');
  const number = Number(`${sign}${digits}.${fraction}`);
  return String(number) === `${sign}${digits}${significant === '' ? '' : `.${significant}`}` ? number : undefined;
}
