// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';

import { MemoryOptions } from './memory.options.js';

const objects: unknown = JSON.parse(readFileSync(new URL('../fixtures/objects.json', import.meta.url), 'utf8'));

it('accepts the example list', () => expect(MemoryOptions.parse({ objects }).objects).toHaveLength(2));

it.each([
  ['an unknown kind', { op: 'put', kind: 'leistung', key: { schemeAgencyId: 'a', id: 'b' }, object: {} }],
  ['an object without key', { op: 'put', kind: 'service', object: {} }],
  ['a put without object', { op: 'put', kind: 'service', key: { schemeAgencyId: 'a', id: 'b' } }],
])('refuses %s', (_, entry) => expect(MemoryOptions.safeParse({ objects: [entry] }).success).toBe(false));
