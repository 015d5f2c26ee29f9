// SPDX-License-Identifier: EUPL-1.2
import type { FilingReceipt } from '../../../src/index.js';
import { type CrashPoint, EffectMemory, SimulatedCrash, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aFiling, aRefreshedFiling, DmsBench } from './bench.js';
import type { DmsContractFixture, FiledDocument } from './fixture.js';

/** What has become out of date, such as the summary of an application that was paid after it was filed. */
export function refreshTests(fixture: DmsContractFixture): void {
  describe('what has become out of date', () => {
    const bench = new DmsBench(fixture);
    const inPlace = fixture.keepsNoVersions === undefined;

    /** Present content is there once, in place of the old or beside it; nothing else has changed. */
    async function expectRefreshed(first: FilingReceipt, refreshed: FilingReceipt): Promise<void> {
      const { akten, strays } = await bench.contents();
      const documents = akten[0]?.vorgaenge[0]?.documents ?? [];
      expect({ strays, akten: akten.length, documents: documents.length }).toEqual({ strays: 0, akten: 1, documents: inPlace ? 3 : 5 });
      expect({ akte: refreshed.akte, vorgang: refreshed.vorgang }).toEqual({ akte: first.akte, vorgang: first.vorgang });
      const byId = new Map(documents.map((document): [string, FiledDocument] => [document.id, document]));
      for (const { key, sha512 } of aRefreshedFiling().documents) {
        const id = refreshed.documents.find((document) => document.key === key)?.id ?? '';
        expect(byId.get(id)).toMatchObject({ sha512 });
        expect(documents.filter((document) => document.sha512 === sha512)).toHaveLength(1);
      }
      // What was not part of it is as it was.
      const plan = aFiling().documents[2];
      expect(documents.filter(({ sha512 }) => sha512 === plan?.sha512)).toHaveLength(1);
    }

    it('is there in its present form afterwards, and asked again nothing changes', async () => {
      const first = await bench.file(aFiling(), new TestDelivery('filing-1'));
      await expect(bench.port().find(aRefreshedFiling(), new TestDelivery('refresh-1'))).resolves.toBe('absent');
      const memory = new EffectMemory();
      const refreshed = await bench.file(aRefreshedFiling(), new TestDelivery('refresh-1', memory));
      await expectRefreshed(first, refreshed);
      const before = await bench.contents();
      await expect(bench.file(aRefreshedFiling(), new TestDelivery('refresh-1', memory, 2))).resolves.toEqual(refreshed);
      expect(await bench.contents()).toEqual(before);
    });

    it('may be out of date again: each time the newest counts', async () => {
      const first = await bench.file(aFiling(), new TestDelivery('filing-1'));
      await bench.file({ ...aFiling(), documents: aFiling().documents.slice(0, 2), refreshes: 'filing-1' }, new TestDelivery('refresh-0'));
      if (inPlace) await expectRefreshed(first, await bench.file(aRefreshedFiling(), new TestDelivery('refresh-1')));
    });

    const shows = fixture.shows ?? 'sha512';
    if (shows !== 'nothing')
      it('is read back in its present form', async () => {
        await bench.file(aFiling(), new TestDelivery('filing-1'));
        const request = aRefreshedFiling();
        const receipt = await bench.file(request, new TestDelivery('refresh-1'));
        const held = await bench.port().readBack(request, receipt, new TestDelivery('refresh-1'));
        expect(held).toEqual(
          request.documents.map(({ key, size, sha512 }, at) => ({
            ...{ key, id: receipt.documents[at]?.id },
            content: expect.objectContaining({ size, ...(shows === 'sha512' ? { sha512 } : {}) }),
          })),
        );
      });

    it('is completed by a process that takes over from one that died at any effect', async () => {
      for (let effect = 1; ; effect += 1) {
        await bench.restart();
        const first = await bench.file(aFiling(), new TestDelivery('filing-1'));
        const memory = new EffectMemory();
        const crash: CrashPoint = { when: 'after', effect };
        const struck = await bench.file(aRefreshedFiling(), new TestDelivery('refresh-1', memory, 1, undefined, crash)).then(
          () => false,
          (error: unknown) => {
            if (error instanceof SimulatedCrash) return true;
            throw error;
          },
        );
        await expectRefreshed(first, await bench.resume(aRefreshedFiling(), 'refresh-1', memory));
        if (!struck) break;
      }
    });
  });
}
