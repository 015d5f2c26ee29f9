// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { filesOf, read } from './tree.js';

/** Every exported type, schema and constant; functions explain themselves. */
const EXPORTED = /^export (?:const|type|interface|(?:abstract )?class|enum) (\w+)/gm;
const ROW = /^\| `(\w+)`\s*\|(.*)\|$/gm;

const exported = new Set(
  filesOf('libs/canonical/src/**/*.ts')
    .filter((path) => !path.endsWith('.spec.ts'))
    .flatMap((path) => [...read(path).matchAll(EXPORTED)].map(([, name]) => name ?? '')),
);
const rows = [...read('libs/canonical/GLOSSARY.md').matchAll(ROW)].map(([, identifier, rest]) => ({
  identifier: identifier ?? '',
  cells: (rest ?? '').split('|').map((cell) => cell.trim()),
}));
const explained = rows.map(({ identifier }) => identifier);

describe('the glossary', () => {
  it('explains every exported word of canonical', () => {
    expect(exported.size).toBeGreaterThan(40);
    expect([...exported].filter((name) => !explained.includes(name))).toEqual([]);
  });

  it('explains no word that is not there', () => {
    expect(explained.filter((name) => !exported.has(name))).toEqual([]);
  });

  it('explains each word once', () => {
    expect(explained.filter((name, position) => explained.indexOf(name) !== position)).toEqual([]);
  });

  it('gives each word a sentence and a source', () => {
    const incomplete = rows.filter(({ cells: [, meaning, source] }) => meaning?.endsWith('.') !== true || (source ?? '') === '');
    expect(incomplete.map(({ identifier }) => identifier)).toEqual([]);
  });
});
