// SPDX-License-Identifier: EUPL-1.2
import { EffectMemory, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aDecisionFiling, aFiling, aFilingByRule, DmsBench } from './bench.js';
import type { DmsContractFixture } from './fixture.js';

/** Where things go when a rule of the Aktenplan says so, and what a preview tells of it. */
export function placeTests(fixture: DmsContractFixture): void {
  describe('by a rule of the Aktenplan', () => {
    const bench = new DmsBench(fixture);

    it('files into the Akte and Vorgang that the rule names, and the decision later into the same', async () => {
      const request = aFilingByRule();
      const receipt = await bench.file(request, new TestDelivery('filing-1'));
      await bench.expectFiledOnce(request, receipt);
      expect(receipt.akte.title).toContain('Personenakte');
      const decision = { ...aDecisionFiling(), ...(request.place === undefined ? {} : { place: request.place }) };
      const { akte, vorgang } = await bench.file(decision, new TestDelivery('decision-1'));
      expect({ akte, vorgang }).toEqual({ akte: receipt.akte, vorgang: receipt.vorgang });
    });

    it('tells Akten apart by the key alone: equal titles are two, and the rule’s are none of the instance’s', async () => {
      await bench.file(aFiling(1), new TestDelivery('filing-1'));
      await bench.file(aFilingByRule(2), new TestDelivery('filing-2'));
      await bench.file(
        aFilingByRule(3, { akte: { key: 'per-applicant/057110000000/77', title: 'Personenakte' } }),
        new TestDelivery('filing-3'),
      );
      await bench.file(aFilingByRule(4), new TestDelivery('filing-4'));
      const { akten, strays } = await bench.contents();
      expect({ strays, vorgaenge: akten.map(({ vorgaenge }) => vorgaenge.length).toSorted() }).toEqual({ strays: 0, vorgaenge: [1, 1, 2] });
    });

    it('is found again by the same rule', async () => {
      const receipt = await bench.file(aFilingByRule(), new TestDelivery('filing-1'));
      await expect(bench.port().find(aFilingByRule(), new TestDelivery('filing-1'))).resolves.toEqual({ found: receipt });
    });

    if (fixture.doublesBetweenProcesses === undefined) {
      it('files two applications of one applicant, by two processes at once, into one new Akte', async () => {
        const receipts = await Promise.all([1, 2].map((number) => bench.file(aFilingByRule(number), new TestDelivery(`filing-${number}`))));
        const { akten, strays } = await bench.contents();
        expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
          strays: 0,
          documents: [[3, 3]],
        });
        expect(receipts.map(({ akte }) => akte.id)).toEqual([akten[0]?.id, akten[0]?.id]);
      });
    }

    it('says nothing of a person whom the key of the Akte names', async () => {
      bench.target.misbehave('error500');
      const akte = { key: 'per-applicant/Mustermann, Erika', title: 'Akte Mustermann' };
      const error = await bench.failureOf(bench.file(aFilingByRule(1, { akte }), new TestDelivery('filing-1', new EffectMemory())));
      expect(error.kind).toBe('unavailable');
    });

    it('refuses a cabinet that the instance does not have, and writes nothing', async () => {
      const before = await bench.contents();
      const request = aFilingByRule(1, { cabinet: 'keller' });
      for (const call of [() => bench.file(request, new TestDelivery('filing-1')), async () => bench.port().preview(request, 'filing-1')]) {
        const { kind, code, hintKey } = await bench.failureOf(call());
        expect({ kind, code, hintKey }).toEqual({
          kind: 'misconfigured',
          code: `${fixture.adapter}/unknown-cabinet`,
          hintKey: 'dmsMissing',
        });
      }
      expect(await bench.contents()).toEqual(before);
    });
  });

  describe('a preview', () => {
    const bench = new DmsBench(fixture);

    it.each([
      ['by the instance’s options', aFiling(), aFiling(2)],
      ['by a rule', aFilingByRule(), aFilingByRule(2)],
    ])('tells %s what filing will do, and asks nobody', async (_by, request, other) => {
      bench.target.misbehave('down');
      const preview = bench.port().preview(request, 'filing-1');
      bench.target.heal();
      const receipt = await bench.file(request, new TestDelivery('filing-1'));
      expect({ akte: preview.akte.title, vorgang: preview.vorgang.title }).toEqual({
        akte: receipt.akte.title,
        vorgang: receipt.vorgang.title,
      });
      expect(preview.documents.map(({ document }) => document)).toEqual(request.documents.map(({ key }) => key));
      const next = bench.port().preview(other, 'filing-2');
      expect(next.akte.key).toBe(preview.akte.key);
      expect(next.vorgang.key).not.toBe(preview.vorgang.key);
    });
  });
}
