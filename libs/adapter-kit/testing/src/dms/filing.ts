// SPDX-License-Identifier: EUPL-1.2
import { EffectMemory, TestDelivery } from '../delivery-context.js';
import { describe, expect, it } from '../jest.js';
import { aDecisionFiling, aFiling, DmsBench } from './bench.js';
import type { DmsContractFixture } from './fixture.js';

/** What filing means when nothing goes wrong, and what `find` and `probe` promise. */
export function filingTests(fixture: DmsContractFixture): void {
  describe('filing', () => {
    const bench = new DmsBench(fixture);

    it('puts Akte, Vorgang and all documents in place, with index data', async () => {
      const request = aFiling();
      const receipt = await bench.file(request, new TestDelivery('filing-1'));
      await bench.expectFiledOnce(request, receipt);
      const { akten } = await bench.contents();
      expect(akten[0]?.vorgaenge[0]?.properties).toMatchObject(fixture.vorgangProperties(request.application));
    });

    it('gives the same receipt and creates nothing when the same key comes again', async () => {
      const request = aFiling();
      const memory = new EffectMemory();
      const first = await bench.file(request, new TestDelivery('filing-1', memory));
      const before = await bench.contents();
      await expect(bench.file(request, new TestDelivery('filing-1', memory, 2))).resolves.toEqual(first);
      expect(await bench.contents()).toEqual(before);
    });

    it('creates nothing when the same key comes again and the house has forgotten the first time', async () => {
      const request = aFiling();
      const first = await bench.file(request, new TestDelivery('filing-1'));
      const before = await bench.contents();
      await expect(bench.file(request, new TestDelivery('filing-1'))).resolves.toEqual(first);
      expect(await bench.contents()).toEqual(before);
    });

    it('files a second application of the same Akte as a second Vorgang in it', async () => {
      await bench.file(aFiling(1), new TestDelivery('filing-1'));
      await bench.file(aFiling(2), new TestDelivery('filing-2'));
      const { akten, strays } = await bench.contents();
      expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
        strays: 0,
        documents: [[3, 3]],
      });
    });

    it('files another tenant in another Akte', async () => {
      const other = aFiling(2);
      await bench.file(aFiling(1), new TestDelivery('filing-1'));
      await bench.file({ ...other, application: { ...other.application, tenant: '059740000000' } }, new TestDelivery('filing-2'));
      const { akten } = await bench.contents();
      expect(akten.map(({ vorgaenge }) => vorgaenge.length)).toEqual([1, 1]);
    });

    it('files eight applications at once into one new Akte', async () => {
      const port = bench.port();
      const numbers = Array.from({ length: 8 }, (_, index) => index + 1);
      const receipts = await Promise.all(numbers.map((number) => port.file(aFiling(number), new TestDelivery(`filing-${number}`))));
      expect(new Set(receipts.map(({ akte }) => akte.id)).size).toBe(1);
      const { akten, strays } = await bench.contents();
      expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
        strays: 0,
        documents: [numbers.map(() => 3)],
      });
    });

    it('files the decision later into the same Akte and Vorgang', async () => {
      const application = await bench.file(aFiling(), new TestDelivery('filing-1'));
      const decision = await bench.file(aDecisionFiling(), new TestDelivery('decision-1'));
      expect({ akte: decision.akte, vorgang: decision.vorgang }).toEqual({ akte: application.akte, vorgang: application.vorgang });
      const { akten } = await bench.contents();
      expect(akten[0]?.vorgaenge[0]?.documents.map(({ fileName }) => fileName).toSorted()).toEqual([
        'Antrag.json',
        'Antrag.pdf',
        'Bescheid.pdf',
        'Lageplan.pdf',
      ]);
    });

    it('files what is handed in later into the Akte and Vorgang it joins, before or after the application itself', async () => {
      const [first, later] = [aFiling(1), aFiling(2)];
      const other = { ...first.application, publicService: { ...first.application.publicService, name: 'Nachreichung' } };
      const handedIn = {
        ...later,
        application: { ...other, ...{ id: later.application.id, reference: '7KQ4-M2XE-P' } },
        joins: first.application,
      };
      const joined = await bench.file(handedIn, new TestDelivery('filing-2'));
      const application = await bench.file(first, new TestDelivery('filing-1'));
      expect({ akte: joined.akte, vorgang: joined.vorgang }).toEqual({ akte: application.akte, vorgang: application.vorgang });
      const { akten, strays } = await bench.contents();
      expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
        strays: 0,
        documents: [[6]],
      });
      expect(akten[0]?.vorgaenge[0]?.properties).toMatchObject(fixture.vorgangProperties(first.application));
      await expect(bench.port().find(handedIn, new TestDelivery('filing-2'))).resolves.toEqual({ found: joined });
    });

    it('finishes or fails cleanly when it is closed during a call, and nothing is doubled', async () => {
      const request = aFiling();
      const memory = new EffectMemory();
      const port = bench.port();
      const call = port.file(request, new TestDelivery('filing-1', memory));
      await Promise.all([port.close(), call.catch(() => bench.failureOf(call))]);
      await bench.expectFiledOnce(request, await bench.resume(request, 'filing-1', memory));
    });
  });

  describe('find', () => {
    const bench = new DmsBench(fixture);

    it('says absent when nothing was filed, and writes nothing', async () => {
      const before = await bench.contents();
      await expect(bench.port().find(aFiling(), new TestDelivery('filing-1'))).resolves.toBe('absent');
      expect(await bench.contents()).toEqual(before);
    });

    it('says absent when only another application is in the Akte', async () => {
      await bench.file(aFiling(2), new TestDelivery('filing-2'));
      await expect(bench.port().find(aFiling(1), new TestDelivery('filing-1'))).resolves.toBe('absent');
    });

    it('gives the receipt of a complete filing, and writes nothing', async () => {
      const receipt = await bench.file(aFiling(), new TestDelivery('filing-1'));
      const before = await bench.contents();
      await expect(bench.port().find(aFiling(), new TestDelivery('filing-1'))).resolves.toEqual({ found: receipt });
      expect(await bench.contents()).toEqual(before);
    });

    it('does not take the filing of the application for that of its decision', async () => {
      await bench.file(aFiling(), new TestDelivery('filing-1'));
      await expect(bench.port().find(aDecisionFiling(), new TestDelivery('decision-1'))).resolves.toBe('absent');
    });

    it('says unavailable when the target cannot be asked', async () => {
      bench.target.misbehave('down');
      const error = await bench.failureOf(bench.port().find(aFiling(), new TestDelivery('filing-1')));
      expect(error.kind).toBe('unavailable');
    });
  });

  describe('reading back', () => {
    const bench = new DmsBench(fixture);
    const shows = fixture.shows ?? 'sha512';

    it(`shows ${shows} of every document that was filed, and writes nothing`, async () => {
      const request = aFiling();
      const receipt = await bench.file(request, new TestDelivery('filing-1'));
      const before = await bench.contents();
      const held = await bench.port().readBack(request, receipt, new TestDelivery('filing-1'));
      const wanted = request.documents.map(({ key, size, sha512 }, at) => ({
        ...{ key, id: receipt.documents[at]?.id },
        content: expect.objectContaining({ size, ...(shows === 'sha512' ? { sha512 } : {}) }),
      }));
      expect(held).toEqual(shows === 'nothing' ? undefined : wanted);
      expect(await bench.contents()).toEqual(before);
    });

    if (shows !== 'nothing')
      it('says unavailable when the target cannot be asked', async () => {
        const request = aFiling();
        const receipt = await bench.file(request, new TestDelivery('filing-1'));
        bench.target.misbehave('down');
        const error = await bench.failureOf(bench.port().readBack(request, receipt, new TestDelivery('filing-1')));
        expect(error.kind).toBe('unavailable');
      });
  });

  describe('probe and description', () => {
    const bench = new DmsBench(fixture);
    const soon = (): AbortSignal => AbortSignal.timeout(20_000);

    it('reports a healthy target, and changes nothing', async () => {
      const before = await bench.contents();
      const report = await bench.port().probe(soon());
      expect(report).toMatchObject({ ok: true });
      expect(report.checks.length).toBeGreaterThan(0);
      expect(await bench.contents()).toEqual(before);
    });

    const faults = (['down', 'unauthorised', 'garbage'] as const).filter((fault) => fixture.impossible?.[fault] === undefined);
    it.each(faults)('reports instead of throwing when the target is "%s"', async (fault) => {
      bench.target.misbehave(fault);
      const report = await bench.port().probe(soon());
      expect(report.ok).toBe(false);
      expect(report.checks.some(({ ok }) => !ok)).toBe(true);
      bench.expectDiscreet(JSON.stringify(report));
    });

    it('describes the target in one line without secrets', () => {
      const line = bench.port().describeTarget();
      expect(line).toMatch(/^\S.*\S$/);
      bench.expectDiscreet(line);
    });

    it('may be closed twice', async () => {
      const port = bench.port();
      await port.close();
      await expect(port.close()).resolves.toBeUndefined();
    });
  });
}
