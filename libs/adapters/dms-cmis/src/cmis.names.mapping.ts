// SPDX-License-Identifier: EUPL-1.2
import { nameHash } from '@amtsbote/adapter-kit';

import type { CmisOptions } from './cmis.options.js';

/** What a repository takes for a name. */
export type NameRules = CmisOptions['names'];

/** Control and format characters, half surrogates: a repository takes some of them silently, and nobody can see them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const CODE_DIGITS = 10;

/** A name that the repository takes: composed (NFC), legal, not too long. Whoever needs the name as it was keeps it in a property. Pure. */
export function legalName(text: string, rules: NameRules): string {
  const legal = Array.from(text.normalize('NFC').replaceAll(INVISIBLE, ''), (each) => (rules.illegal.includes(each) ? '_' : each)).join('');
  // A dot or a space at the end is illegal in many repositories, and on every Windows share in front of one.
  const ended = legal.trim().replace(/[. ]$/, '_');
  return fitting(ended === '' ? '_' : ended, '', rules);
}

/** The name with a short code of the key behind it, for names that have to be distinct: `Lageplan (3f2a90c1d4).pdf`. Pure. */
export function codedName(name: string, key: string, rules: NameRules): string {
  return fitting(name, ` (${nameHash(key, CODE_DIGITS)})`, rules);
}

/** Puts the code before the extension and cuts the stem, never the extension. */
function fitting(name: string, code: string, { bytesMax }: NameRules): string {
  const extension = /\.[^. ]{1,16}$/.exec(name)?.[0] ?? '';
  const ending = code + (extension === name ? '' : extension);
  const stem = name.slice(0, name.length - (ending.length - code.length));
  const room = bytesMax - Buffer.byteLength(ending);
  if (Buffer.byteLength(stem) <= room) return stem + ending;
  let [kept, bytes] = ['', 0];
  for (const character of stem) {
    bytes += Buffer.byteLength(character);
    if (bytes > room) break;
    kept += character;
  }
  return kept.trimEnd() + ending;
}
