// SPDX-License-Identifier: EUPL-1.2
import { nameHash } from '@amtsbote/adapter-kit';

import { NAME_CHARACTERS_MAX, NAME_ILLEGAL } from './opentext.wire.js';

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Digits of the code: 40 bits, among the objects of one folder. */
const CODE_DIGITS = 10;

/** Name of a folder: its title with a code of its key. Names are unique in a folder, so the same key gives the same object. Pure. */
export function folderName(title: string, key: string): string {
  return withCode(legal(title), '', key);
}

/** Name of a document: its file name with a code of its key before the extension. Pure. */
export function documentName(fileName: string, key: string): string {
  const name = legal(fileName);
  const [, stem = name, extension = ''] = /^(.+?)(\.[\p{L}\p{N}]{1,10})$/u.exec(name) ?? [];
  return withCode(stem, extension, key);
}

function withCode(stem: string, extension: string, key: string): string {
  const ending = ` (${nameHash(key, CODE_DIGITS)})${extension}`;
  let kept = '';
  for (const character of stem) {
    // Counted in UTF-16, which is never fewer than what a database counts.
    if (kept.length + character.length + ending.length > NAME_CHARACTERS_MAX) break;
    kept += character;
  }
  return (kept.trimEnd() + ending).trimStart();
}

function legal(text: string): string {
  return text.normalize('NFC').replaceAll(NAME_ILLEGAL, '_').replaceAll(INVISIBLE, '').trim();
}
