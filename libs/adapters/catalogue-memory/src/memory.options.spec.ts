// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { expect, it } from '@jest/globals';

import { MemoryOptions } from './memory.options.js';

const objects: unknown = JSON.parse(readFileSync(new URL('../fixtures/objects.json', import.meta.url), 'utf8'));
const source = { standard: 'memory', version: '1', namespace: '' };

it('accepts the example list', () => expect(MemoryOptions.parse({ objects }).objects).toHaveLength(2));

it.each([
  ['an unknown kind', { op: 'put', object: { kind: 'leistung', key: { schemeAgencyId: 'a', id: 'b' }, source, id: { value: 'b' } } }],
  ['an object without key', { op: 'put', object: { kind: 'service', source, id: { value: 'b' } } }],
  [
    'an object with a word that is not of the model',
    { op: 'put', object: { kind: 'form', key: { schemeAgencyId: 'a', id: 'b' }, source, id: { value: 'b' }, name: 'x' } },
  ],
  ['a put without object', { op: 'put' }],
  ['a removal without key', { op: 'remove', kind: 'service' }],
])('refuses %s', (_, entry) => expect(MemoryOptions.safeParse({ objects: [entry] }).success).toBe(false));
