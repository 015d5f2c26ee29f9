// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, dmsContract, dmsOutboxContract, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-memory';
import { SimulatedArchive } from '@amtsbote/adapters/dms-memory/simulator';
import { ManualClock, seededRandomness } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

const environment = { clock: new ManualClock(), randomness: seededRandomness(1), instance: 'archive' };

dmsContract({
  adapter: 'dms-memory',
  start: async () => {
    const archive = new SimulatedArchive('contract');
    return {
      port: () => adapter.create(adapter.options.parse({ archive: 'contract' }), environment),
      contents: () => archive.contents(),
      misbehave: (fault, at) => archive.misbehave(fault, at),
      heal: () => archive.heal(),
      stop: async () => archive.heal(),
    };
  },
  vorgangProperties: ({ reference, receivedAt }) => ({ reference, receivedAt, test: 'false' }),
  secrets: [],
});

for (const begins of ['atStart', 'atCursor'] as const)
  for (const acknowledges of ['inDms', 'remembered'] as const)
    dmsOutboxContract({
      adapter: 'dms-memory',
      outbox: { begins, acknowledges },
      start: async () => {
        const archive = new SimulatedArchive('outbox');
        const options = adapter.options.parse({ archive: 'outbox', outbox: { begins, acknowledges } });
        return {
          port: () => adapter.create(options, environment) as DmsOutboxPort,
          placeAnswer: (vorgangId, answer) => archive.placeAnswer(vorgangId, answer),
          withdrawAnswer: (vorgangId, fileName) => archive.withdrawAnswer(vorgangId, fileName),
          answerBooks: (vorgangId) => archive.answerBooks(vorgangId),
          changes: () => archive.changes,
          misbehave: (fault, at) => archive.misbehave(fault, at),
          heal: () => archive.heal(),
          stop: async () => archive.heal(),
        };
      },
      mark: 'bewilligt',
      secrets: [],
    });

describe('dms-memory', () => {
  it('lets instances of one archive see the same objects, and those of another none of them', async () => {
    const one = new SimulatedArchive('one');
    const other = new SimulatedArchive('other');
    const port = (archive: string) => adapter.create(adapter.options.parse({ archive }), environment);
    const request = { application: anApplication(), documents: [aDocument('Antrag.pdf')] };
    const receipt = await port('one').file(request, new TestDelivery('filing-1'));
    await expect(port('one').find(request, new TestDelivery('filing-1'))).resolves.toEqual({ found: receipt });
    await expect(port('other').find(request, new TestDelivery('filing-1'))).resolves.toBe('absent');
    expect(one.books()).toEqual({ akten: 1, vorgaenge: 1, documents: 1, duplicates: [] });
    expect(other.books()).toEqual({ akten: 0, vorgaenge: 0, documents: 0, duplicates: [] });
  });

  it('refuses an expression that cannot be read when the options are loaded', () => {
    const result = adapter.options.safeParse({ akte: 'application.' });
    expect(result.error?.issues[0]).toMatchObject({ path: ['akte'], message: expect.stringContaining('not a valid expression') });
  });
});
