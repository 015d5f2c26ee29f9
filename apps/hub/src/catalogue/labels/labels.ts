// SPDX-License-Identifier: EUPL-1.2
import { LISTS_BY_PLACE } from './code-lists.js';

export const LANGUAGES = ['de', 'en'] as const;
export type ReaderLanguage = (typeof LANGUAGES)[number];

/** What a code means, once for each place and code of an answer. */
export interface CodeLabel {
  /** Where such codes stand: names of properties, lists without their numbers (`fees.fees.type`). */
  readonly place: string;
  readonly code: string;
  /** Name or URN of the code list; `null` when nobody says which it is. */
  readonly list: string | null;
  /** To be shown: the list's label, else the source's own name for it, else the code; of an unknown one that it is unknown. */
  readonly label: string;
  /** The code is none of its list, or of a list that nobody knows, and the source has no name for it. */
  readonly isUnknown?: true;
}

/** Labels of an answer in one language. */
export interface Labels {
  readonly language: ReaderLanguage;
  readonly codes: readonly CodeLabel[];
  /** Codes among them that nobody can explain: worth asking the editorial office. */
  readonly unknownCodes: number;
}

interface Found {
  readonly place: string;
  readonly code: string;
  readonly name: string | undefined;
  readonly listUri: string | undefined;
}

const UNKNOWN: Readonly<Record<ReaderLanguage, (code: string) => string>> = {
  de: (code) => `Unbekannter Code ${code}`,
  en: (code) => `Unknown code ${code}`,
};

/** Finds the codes of an object, or of the parts of an answer, and says what they mean. Pure. */
export function labelsOf(value: object, language: ReaderLanguage): Labels {
  const byPlace = new Map<string, CodeLabel>();
  for (const found of codesIn(value, '')) {
    const key = `${found.place}\0${found.code}`;
    // The same code may stand twice, once with the source's name for it.
    if (byPlace.get(key)?.isUnknown !== true && byPlace.has(key)) continue;
    byPlace.set(key, labelOf(found, language));
  }
  const codes = [...byPlace.values()];
  return { language, codes, unknownCodes: codes.filter(({ isUnknown }) => isUnknown).length };
}

function labelOf({ place, code, name, listUri }: Found, language: ReaderLanguage): CodeLabel {
  const list = LISTS_BY_PLACE.get(place);
  const base = { place, code, list: list?.name ?? listUri ?? null };
  const label = (list !== undefined && Object.hasOwn(list.labels, code) ? list.labels[code]?.[language] : undefined) ?? name;
  if (label !== undefined && label !== '') return { ...base, label };
  if (list?.values?.has(code) === true) return { ...base, label: code };
  return { ...base, label: UNKNOWN[language](code), isUnknown: true };
}

/** Parts that the model has no place for are the source's: they are not searched. */
function* codesIn(value: unknown, place: string): Generator<Found> {
  if (Array.isArray(value)) {
    for (const item of value) yield* codesIn(item, place);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const entries = Object.entries(value);
  const { code, name, listUri } = value as { code?: unknown; name?: unknown; listUri?: unknown };
  if (typeof code === 'string') yield { place, code, name: textOf(name), listUri: textOf(listUri) };
  for (const [property, part] of entries)
    if (property !== 'unknown') yield* codesIn(part, place === '' ? property : `${place}.${property}`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
