// SPDX-License-Identifier: EUPL-1.2
import { join, matchesGlob } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { filesOf, read, ROOT } from './tree.js';

const LINES_MAX = 400;
const SPDX = 'SPDX-License-Identifier: EUPL-1.2';

const sources = [...filesOf('{apps,libs,test,scripts}/**/*.{ts,mjs}'), ...filesOf('*.mjs'), ...filesOf('.*.mjs'), ...filesOf('.ci/*')];
const specs = sources.filter((path) => path.endsWith('.spec.ts'));

describe('source files', () => {
  it('carry the licence in their first lines', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((path) => !read(path).split('\n', 2).join('\n').includes(SPDX))).toEqual([]);
  });

  it(`are at most ${LINES_MAX} lines long`, () => {
    const lengths = sources.map((path) => ({ path, lines: read(path).trimEnd().split('\n').length }));
    expect(lengths.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  it('switch off neither the linter nor the compiler nor a test', () => {
    // Put together here, so that this file does not contain what it looks for.
    const switches = [
      'eslint-' + 'disable',
      '@ts-' + 'ignore',
      '@ts-' + 'nocheck',
      '@ts-' + 'expect-error',
      'it.' + 'skip(',
      'it.' + 'only(',
      'describe.' + 'only(',
    ];
    expect(sources.filter((path) => switches.some((word) => read(path).includes(word)))).toEqual([]);
  });
});

describe('test files', () => {
  it('each belong to exactly one group of npm test', async () => {
    const { default: config } = (await import(join(ROOT, 'jest.config.mjs'))) as {
      default: { projects: { displayName: string; testMatch: string[]; testPathIgnorePatterns?: string[] }[] };
    };
    const groupsOf = (path: string): string[] =>
      config.projects
        .filter(({ testMatch }) => testMatch.some((glob) => matchesGlob(path, glob.replace('<rootDir>/', ''))))
        .filter(({ testPathIgnorePatterns = [] }) => !testPathIgnorePatterns.some((pattern) => new RegExp(pattern).test(path)))
        .map(({ displayName }) => displayName);
    expect(specs.length).toBeGreaterThan(3);
    const stray = specs.map((path) => ({ path, groups: groupsOf(path) })).filter(({ groups }) => groups.length !== 1);
    expect(stray).toEqual([]);
  });

  it('name every test once', () => {
    const doubled = specs.flatMap((path) => doubledNames(read(path)).map((name) => `${path}: ${name}`));
    expect(doubled).toEqual([]);
  });

  it('would be reported for two tests of one name in one group, and not for the same name in two groups', () => {
    const [it, describe] = ['i' + 't', 'describ' + 'e'];
    expect(doubledNames(`${it}('a', f);\n${it}('b', f);\n${it}('a', g);\n`)).toEqual(['a']);
    expect(doubledNames(`${describe}('x', () => {\n  ${it}('a', f);\n});\n${describe}('y', () => {\n  ${it}('a', f);\n});\n`)).toEqual([]);
  });
});

/** Names given to two tests of the same group; groups are told apart by indentation, which prettier keeps. Names of tables (`%s`) differ. */
function doubledNames(source: string): string[] {
  const doubled: string[] = [];
  const open: { indent: number; names: Set<string> }[] = [{ indent: -1, names: new Set() }];
  for (const [, spaces = '', word, , name = ''] of source.matchAll(/^( *)(it|describe)\((['"`])(.+?)\3,/gm)) {
    while ((open.at(-1)?.indent ?? -1) >= spaces.length) open.pop();
    const names = open.at(-1)?.names;
    if (names?.has(`${word} ${name}`) === true) doubled.push(name);
    names?.add(`${word} ${name}`);
    if (word === 'describe') open.push({ indent: spaces.length, names: new Set() });
  }
  return doubled;
}
