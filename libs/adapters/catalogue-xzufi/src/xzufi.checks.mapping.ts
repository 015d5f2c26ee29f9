// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObject, HtmlText, LocalizedText } from '@amtsbote/canonical';

import type { Reading, Remark } from './xzufi.codec.mapping.js';

/** A remark with its weight: `muss` = the object is skipped. */
export interface WeighedRemark extends Remark {
  readonly severity: 'muss' | 'soll';
}

const LEIKA_KEY = /^\d{14}$/;
const AREA_KEY = /^\d{2,12}$/;
/** The PVOG takes German and English only. */
const LANGUAGE = /^(?:de|en)(?:-|$)/i;
/** Nothing but line breaks, blanks or a dash. */
const EMPTY = /^(?:<br\s*\/?>|<\/?p>|&nbsp;|[\s\u00a0-])*$/;

/** What is to be said about an object: what was noted while it was read, and the standard's business rules. */
export function remarksOn(object: CatalogueObject, reading: Reading): WeighedRemark[] {
  const remarks: WeighedRemark[] = reading.remarks.map((remark) => ({ severity: 'soll', ...remark }));
  const soll = (code: string, message: string): void => void remarks.push({ severity: 'soll', code, message });
  if (object.key.schemeAgencyId === '') soll('agency-missing', 'The id names no agency (schemeAgencyID): it is unique only by chance.');
  if (object.kind === 'service') {
    const { texts, leikaKeys } = object;
    const titles = texts.filter(({ type }) => type?.code === '02' || type?.code === '03').flatMap(({ content }) => content);
    if (titles.every(({ html }) => EMPTY.test(html))) soll('title-missing', 'The service has no title (text modules 02 and 03).');
    if (leikaKeys.some(({ key }) => !LEIKA_KEY.test(key))) soll('leika-key-malformed', 'A service key does not have 14 digits.');
    if (texts.some(({ content }) => content.some(isOtherLanguage))) soll('language-other', 'A text is neither German nor English.');
  }
  if (object.kind === 'competence') {
    if (object.serviceId === undefined || object.subjectId === undefined) {
      const message = 'The competence says no service or no subject; it is skipped.';
      remarks.push({ severity: 'muss', code: 'competence-incomplete', message });
    }
    if (object.areaIds.some(({ value }) => !AREA_KEY.test(value))) soll('area-malformed', 'An area key does not have 2 to 12 digits.');
  }
  return remarks;
}

function isOtherLanguage({ language }: HtmlText | LocalizedText): boolean {
  return language !== undefined && !LANGUAGE.test(language);
}
