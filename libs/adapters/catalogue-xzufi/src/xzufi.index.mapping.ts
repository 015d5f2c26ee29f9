// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueFinding } from '@amtsbote/canonical';

import { ADAPTER_TYPE } from './xzufi.errors.js';

/** A file below the index: no way up, no other host, nothing after a question mark. */
const NAME = /^(?!.*\.\.)[\w.~-]+(?:\/[\w.~-]+)*\.xml$/i;
const NAMES_MAX = 1_000_000;

/** The names in an index, in order and once each: one per line, lines may end with CR LF. `undefined` = cut off, or something else. */
export function namesIn(index: string): readonly string[] | undefined {
  const lines = index.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  const names = lines.map((line) => line.trim()).filter((line) => line !== '');
  if (names.length > NAMES_MAX || names.some((name) => !NAME.test(name))) return undefined;
  return [...new Set(names)];
}

/** Something odd about the source itself. */
export function finding(code: string, message: string, document: string): CatalogueFinding {
  return { severity: 'soll', code: `${ADAPTER_TYPE}/${code}`, message, document: document.slice(0, 500) };
}
