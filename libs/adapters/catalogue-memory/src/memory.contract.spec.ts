// SPDX-License-Identifier: EUPL-1.2
import { catalogueContract, deliveryErrorOf, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { ListSimulator } from '@amtsbote/adapters/catalogue-memory/simulator';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './memory.adapter.js';

catalogueContract({
  adapter,
  start: async () => new ListSimulator(),
  optionsFor: ({ objects }: ListSimulator) => ({ objects }),
  publish: (source, changes) => source.publish(changes),
  objectNamed: (name) => ({ op: 'put', kind: 'service', key: { schemeAgencyId: 'demo', id: name.slice(0, 100) }, object: { name } }),
  isRemote: false,
  secrets: [],
});

describe('cursors', () => {
  it.each(['1', '-1', 'abc', ''])('refuses %p for a list without entries instead of skipping some', async (cursor) => {
    const port = adapter.create({ objects: [] }, testEnvironment());
    const reading = (async () => {
      for await (const _ of port.changesSince(cursor, new AbortController().signal));
    })();
    expect(await deliveryErrorOf(reading)).toMatchObject({ kind: 'refused', code: 'catalogue-memory/foreign-cursor' });
  });
});
