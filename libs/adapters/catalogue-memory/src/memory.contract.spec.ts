// SPDX-License-Identifier: EUPL-1.2
import { catalogueContract, deliveryErrorOf, serviceNamed, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { ListSimulator } from '@amtsbote/adapters/catalogue-memory/simulator';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './memory.adapter.js';

for (const mode of ['increments', 'snapshot'] as const) {
  describe(mode, () => {
    catalogueContract({
      adapter,
      start: async () => new ListSimulator(mode),
      optionsFor: ({ objects }: ListSimulator) => ({ objects, mode }),
      publish: (source, changes) => source.publish(changes),
      objectNamed: (name) => serviceNamed(name),
      starts: mode,
      goesOn: mode === 'increments',
      isRemote: false,
      secrets: [],
    });
  });
}

describe('cursors', () => {
  it.each(['1', '-1', 'abc', ''])('refuses %p for a list without entries instead of skipping some', async (cursor) => {
    const port = adapter.create({ objects: [], mode: 'increments' }, testEnvironment());
    const reading = (async () => {
      for await (const _ of port.changesSince(cursor, new AbortController().signal));
    })();
    expect(await deliveryErrorOf(reading)).toMatchObject({ kind: 'refused', code: 'catalogue-memory/foreign-cursor' });
  });
});
