// SPDX-License-Identifier: EUPL-1.2
import { type Adapter, type ExportPort, type ExportReceipt, type ExportRequest, type Found, isFound } from '../../src/index.js';
import { aDocument, anApplication, personalParts } from './builders.js';
import { countEffects, crashAndResume, failureKindOf, type SimulatedTarget, testEnvironment } from './contract-tools.js';
import { EffectMemory, TestDelivery } from './delivery-context.js';
import { faultTests } from './delivery-faults.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';
import type { Fault } from './simulator-server.js';

/** An application as the Fachverfahren has it. */
export interface ReceivedExport {
  /** The id of the receipt. */
  readonly id: string;
  readonly reference: string;
  /** In the order of the request; the hash of the bytes that really arrived, lower-case hex. */
  readonly documents: readonly { readonly fileName: string; readonly sha512: string }[];
}

/** What an export adapter gives to the suite: itself, its simulated Fachverfahren, and how to look at what arrived. */
export interface ExportContractFixture<Options, Target extends SimulatedTarget> {
  readonly adapter: Adapter<'export', Options>;
  /** A started Fachverfahren without applications. */
  start(): Promise<Target>;
  /** Options that fit the Fachverfahren, as an operator writes them. */
  optionsFor(target: Target): unknown;
  /** Everything complete that arrived under this key; more than one is a doubled effect. */
  received(target: Target, key: string): readonly ReceivedExport[];
  /** Complete hand-overs altogether. */
  effectsTotal(target: Target): number;
  /** The Fachverfahren understands the next hand-over and says no for good. */
  refuseNext(target: Target): void;
  /** The request lines that hand over: what faults strike. */
  readonly delivering: RegExp;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
  /** Faults this target cannot have, each with the reason; their tests are not run. */
  readonly impossible?: Readonly<Partial<Record<Fault, string>>>;
}

let exports = 0;

/** Bytes of a document that is larger than any sensible buffer. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** A hand-over with two documents, one with umlauts and symbols in its name. */
export function anExportRequest(overrides: Partial<ExportRequest> = {}): ExportRequest {
  return {
    application: anApplication(),
    documents: [
      aDocument('Antrag.pdf', 'Antrag', { role: 'applicationReadable' }),
      aDocument('Übersicht & Lageplan (Größe 1;2).pdf', 'Lageplan äöüß'),
    ],
    ...overrides,
  };
}

/** The judge of every export adapter: each application arrives complete and once. */
export function exportContract<Options, Target extends SimulatedTarget>(fixture: ExportContractFixture<Options, Target>): void {
  describe(`${fixture.adapter.type}: export contract`, () => {
    let target: Target;
    let port: ExportPort;
    let key: string;
    let request: ExportRequest;

    const nextKey = (): string => `0192f0a0-0000-7000-a000-${String((exports += 1)).padStart(12, '0')}`;
    /** Another act is another application's: a target may know it by its application. */
    const requestOf = (one: string): ExportRequest => anExportRequest({ application: anApplication({ id: one }) });
    const next = (): void => {
      key = nextKey();
      request = requestOf(key);
    };
    const makePort = (): ExportPort => fixture.adapter.create(fixture.adapter.options.parse(fixture.optionsFor(target)), testEnvironment());
    const delivery = (memory = new EffectMemory(), attempt = 1, signal?: AbortSignal): TestDelivery =>
      new TestDelivery(key, memory, attempt, signal);
    const received = (): readonly ReceivedExport[] => fixture.received(target, key);
    const found = (result: Found<ExportReceipt>): ExportReceipt => {
      if (!isFound(result)) throw new Error(`expected to find the hand-over, got ${result}`);
      return result.found;
    };

    beforeEach(async () => {
      target = await fixture.start();
      port = makePort();
      next();
    });
    afterEach(async () => {
      await port.close();
      await target.stop();
    });

    describe('deliver', () => {
      it('hands over the application and every byte of its documents', async () => {
        const { id } = await port.deliver(request, delivery());
        const documents = request.documents.map(({ fileName, sha512 }) => ({ fileName, sha512 }));
        expect(received()).toEqual([{ id, reference: request.application.reference, documents }]);
      });

      it('carries a large document and names of full length', async () => {
        const large = aDocument(`${'Übergröße-'.repeat(22)}.pdf`, Buffer.alloc(LARGE_BYTES, 'x'));
        await port.deliver(anExportRequest({ documents: [large] }), delivery());
        expect(received()[0]?.documents).toEqual([{ fileName: large.fileName, sha512: large.sha512 }]);
      });

      it('hands over an application without documents', async () => {
        await port.deliver(anExportRequest({ documents: [] }), delivery());
        expect(received()).toHaveLength(1);
      });

      it('answers from memory when the step is run again', async () => {
        const memory = new EffectMemory();
        const first = await port.deliver(request, delivery(memory));
        const requests = target.requests.length;
        expect(await port.deliver(request, delivery(memory, 2))).toEqual(first);
        expect(target.requests).toHaveLength(requests);
      });

      it('arrives once when the process dies before or after any effect', async () => {
        const count = await countEffects((ctx) => port.deliver(request, ctx));
        expect(count).toBeGreaterThan(0);
        for (let effect = 1; effect <= count; effect += 1) {
          for (const when of ['before', 'after'] as const) {
            next();
            const { id } = await crashAndResume((ctx) => port.deliver(request, ctx), key, { when, effect });
            expect(received().map((one) => one.id)).toEqual([id]);
          }
        }
      });

      it('keeps different applications apart at the same time', async () => {
        const keys = Array.from({ length: 10 }, nextKey);
        const receipts = await Promise.all(keys.map((one) => port.deliver(requestOf(one), new TestDelivery(one))));
        expect(receipts.map(({ id }) => [id])).toEqual(keys.map((one) => fixture.received(target, one).map(({ id }) => id)));
        expect(fixture.effectsTotal(target)).toBe(10);
      });
    });

    faultTests({
      other: 'Fachverfahren',
      target: () => target,
      port: () => port,
      reopen: () => (port = makePort()),
      act: (memory, attempt, signal) => port.deliver(request, delivery(memory, attempt, signal)),
      nextRequest: next,
      effects: () => received().length,
      effectsTotal: () => fixture.effectsTotal(target),
      refuseNext: () => fixture.refuseNext(target),
      refusals: ['refused', 'untransferable'],
      striking: fixture.delivering,
      readsAnswers: true,
      probed: ['down', 'error500', 'unauthorised'],
      impossible: fixture.impossible ?? {},
      hidden: () => [...fixture.secrets, ...personalParts(request.application.applicant), 'Lageplan'],
    });

    it('does not know the outcome of a hand-over when the answer is lost, finds it, and makes no second one', async () => {
      const memory = new EffectMemory();
      target.fail({ fault: 'answerLost', times: 1, match: fixture.delivering });
      expect(await failureKindOf(port.deliver(request, delivery(memory)))).toBe('outcomeUnknown');
      await port.deliver(request, delivery(memory, 2));
      const there = found(await port.find(request, delivery(memory, 2)));
      expect(received().map(({ id }) => id)).toEqual([there.id]);
    });

    it('hands nothing over when it gets garbage', async () => {
      target.fail({ fault: 'garbage', match: fixture.delivering });
      expect(['unavailable', 'outcomeUnknown']).toContain(await failureKindOf(port.deliver(request, delivery())));
      expect(received()).toEqual([]);
    });

    describe('find', () => {
      it('finds nothing before and the hand-over after, and makes none', async () => {
        expect(await port.find(request, delivery())).toBe('absent');
        expect(fixture.effectsTotal(target)).toBe(0);
        const receipt = await port.deliver(request, delivery());
        expect(found(await port.find(request, delivery()))).toEqual(receipt);
        expect(received()).toHaveLength(1);
      });

      it.each(['down', 'error500', 'garbage', 'unauthorised'] as const)(
        'does not say "absent" when the Fachverfahren cannot be asked (%s)',
        async (fault) => {
          await port.deliver(request, delivery());
          target.fail(fault);
          expect(['unavailable', 'misconfigured']).toContain(await failureKindOf(port.find(request, delivery())));
        },
      );
    });
  });
}
