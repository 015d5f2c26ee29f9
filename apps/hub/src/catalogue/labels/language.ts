// SPDX-License-Identifier: EUPL-1.2
import { LANGUAGES, type ReaderLanguage } from './labels.js';

/** So many wishes are looked at. */
const WISHES_MAX = 20;

/** The language of an answer: what the address asks for, else the reader's best wish (RFC 9110, Accept-Language), else German. Pure. */
export function languageOf(asked: ReaderLanguage | undefined, acceptLanguage: string | undefined): ReaderLanguage {
  if (asked !== undefined) return asked;
  const wishes = (acceptLanguage ?? '')
    .split(',', WISHES_MAX)
    .map(wishOf)
    .filter(({ weight }) => weight > 0);
  // A stable sort: of equal wishes the first.
  for (const { range } of wishes.sort((a, b) => b.weight - a.weight)) {
    const found = LANGUAGES.find((language) => range === language || range.startsWith(`${language}-`));
    if (found !== undefined) return found;
    if (range === '*') return 'de';
  }
  return 'de';
}

function wishOf(text: string): { range: string; weight: number } {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const number = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, weight: Number.isFinite(number) ? number : 0 };
}
