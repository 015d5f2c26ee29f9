// SPDX-License-Identifier: EUPL-1.2
import { CRASH_POINTS } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { filesOf, read } from './tree.js';

/** Where a crash point stands: a call with the name itself, in the hub or in the bus (which is told by its settings whom to call). */
const CALL = /\b(?:crashPoint|crashAt)\(\s*'([\w.-]+)'\s*\)/g;

const sources = filesOf('{apps,libs}/**/*.ts').filter((path) => !path.endsWith('.spec.ts'));
const used = sources.flatMap((path) => [...read(path).matchAll(CALL)].map(([, name]) => name ?? ''));

describe('crash points', () => {
  it('each stand at exactly one place in the code, and none stands there that the list does not name', () => {
    expect(used.length).toBeGreaterThan(20);
    expect([...used].sort()).toEqual([...CRASH_POINTS].sort());
  });
});
