// SPDX-License-Identifier: EUPL-1.2
import type { FilingRequest } from '../../../src/index.js';
import { type CrashPoint, EffectMemory, SimulatedCrash, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aDecisionFiling, aFiling, DmsBench } from './bench.js';
import { type DmsContractFixture, WRITES_MIN } from './fixture.js';

/** Law 3 and 4: a process that dies anywhere leaves nothing lost and nothing doubled. */
export function crashTests(fixture: DmsContractFixture): void {
  const writesMin = fixture.writesMin ?? WRITES_MIN;

  describe('a process that dies', () => {
    const bench = new DmsBench(fixture);

    /** True when the crash point struck, false when the attempt came through. */
    async function dies(request: FilingRequest, key: string, memory: EffectMemory, crash: CrashPoint, attempt = 1): Promise<boolean> {
      const delivery = new TestDelivery(key, memory, attempt, new AbortController().signal, crash);
      try {
        await bench.file(request, delivery);
        return false;
      } catch (error) {
        if (error instanceof SimulatedCrash) return true;
        throw error;
      }
    }

    it.each(['before', 'after'] as const)('%s any one effect resumes to one Akte, one Vorgang and each document once', async (when) => {
      const request = aFiling();
      let effect = 1;
      for (; ; effect += 1) {
        await bench.restart();
        const memory = new EffectMemory();
        const struck = await dies(request, 'filing-1', memory, { when, effect });
        // Asked in between, find agrees with the target's books: a receipt only when nothing is missing.
        const { akten } = await bench.contents();
        const complete = akten[0]?.vorgaenge[0]?.documents.length === request.documents.length;
        const found = await bench.port().find(request, new TestDelivery('filing-1'));
        expect(found).toEqual(complete ? { found: expect.anything() } : 'absent');
        await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
        if (!struck) break;
      }
      expect(effect).toBeGreaterThan(writesMin);
    });

    it('after every single effect, attempt by attempt, still ends with each thing once', async () => {
      const request = aFiling();
      const memory = new EffectMemory();
      let attempt = 1;
      while (await dies(request, 'filing-1', memory, { when: 'after', effect: 1 }, attempt)) attempt += 1;
      expect(attempt).toBeGreaterThan(writesMin);
      await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory, attempt + 1));
    });

    it('while the decision is filed resumes in the same Akte and Vorgang', async () => {
      const memory = new EffectMemory();
      await bench.file(aFiling(), new TestDelivery('filing-1'));
      for (let attempt = 1; await dies(aDecisionFiling(), 'decision-1', memory, { when: 'after', effect: 1 }, attempt); attempt += 1);
      const { akten, strays } = await bench.contents();
      expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
        strays: 0,
        documents: [[4]],
      });
    });
  });
}
