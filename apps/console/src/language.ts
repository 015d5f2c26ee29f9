// SPDX-License-Identifier: EUPL-1.2
import { de, type Texts } from './texts.de.js';
import { en } from './texts.en.js';

const KEY = 'amtsbote.language';

/** The texts of the chosen language; German unless somebody chose otherwise. */
export function texts(): Texts {
  return localStorage.getItem(KEY) === 'en' ? en : de;
}

/** Changes to the other language. */
export function switchLanguage(): void {
  localStorage.setItem(KEY, texts().language === 'de' ? 'en' : 'de');
}
