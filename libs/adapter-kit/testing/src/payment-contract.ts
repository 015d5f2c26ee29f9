// SPDX-License-Identifier: EUPL-1.2
import type { Money } from '@amtsbote/canonical';

import { type Adapter, type Found, isFound, type PaymentOpened, type PaymentOrder, type PaymentPort } from '../../src/index.js';
import { anApplication, aPaymentDemand, personalParts } from './builders.js';
import { countEffects, crashAndResume, failureKindOf, testEnvironment } from './contract-tools.js';
import { EffectMemory, TestDelivery } from './delivery-context.js';
import { expectLetGo, faultTests } from './delivery-faults.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';
import type { SimulatorServer } from './simulator-server.js';

/** What a payment adapter gives to the suite: itself, its simulated provider, and how to look at and act on the provider's books. */
export interface PaymentContractFixture<Options, Simulator extends SimulatorServer> {
  readonly adapter: Adapter<'payment', Options>;
  /** A started provider with empty books. */
  start(): Promise<Simulator>;
  /** Options that fit the provider, as an operator writes them. Limits should be short, the hanging provider is waited for. */
  optionsFor(simulator: Simulator): unknown;
  /** Payments the provider has opened for this request id. */
  effects(simulator: Simulator, requestId: string): number;
  /** Payments on the provider's books altogether. */
  effectsTotal(simulator: Simulator): number;
  /** The provider's own transaction id for this request id, read from its books. */
  transactionOf(simulator: Simulator, requestId: string): string | undefined;
  /** The citizen pays. */
  pay(simulator: Simulator, transactionId: string): void;
  /** The payment fails for now. */
  failPayment(simulator: Simulator, transactionId: string): void;
  /** The provider books another amount than was asked for. */
  bookOtherAmount(simulator: Simulator, transactionId: string, amount: Money): void;
  /** The provider understands the next payment and says no for good. */
  refuseNext(simulator: Simulator): void;
  /** The request lines that open a payment: what faults strike, so that token and status requests go through. */
  readonly opening: RegExp;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
}

let orders = 0;

/** An order of its own for every test: synthetic payer, valid request id. */
export function aPaymentOrder(overrides: Partial<PaymentOrder> = {}): PaymentOrder {
  orders += 1;
  const application = anApplication();
  return {
    requestId: `0192f0a0-0000-7000-8000-${String(orders).padStart(12, '0')}`,
    tenant: application.tenant,
    reference: application.reference,
    requestedAt: new Date('2026-01-31T10:00:00.000Z'),
    demand: aPaymentDemand(),
    payer: application.applicant,
    returnUrl: 'https://hub.example.org/zurueck/7KQ4M2XDP',
    ...overrides,
  };
}

/** The judge of every payment adapter: one payment per intent, whatever happens on the line, and `paid` only when the provider says so. */
export function paymentContract<Options, Simulator extends SimulatorServer>(fixture: PaymentContractFixture<Options, Simulator>): void {
  describe(`${fixture.adapter.type}: payment contract`, () => {
    let simulator: Simulator;
    let port: PaymentPort;
    let order: PaymentOrder;

    const makePort = (): PaymentPort =>
      fixture.adapter.create(fixture.adapter.options.parse(fixture.optionsFor(simulator)), testEnvironment());
    const delivery = (memory = new EffectMemory(), attempt = 1, signal?: AbortSignal): TestDelivery =>
      new TestDelivery(order.requestId, memory, attempt, signal);
    const effects = (): number => fixture.effects(simulator, order.requestId);
    const found = (result: Found<PaymentOpened>): PaymentOpened => {
      if (!isFound(result)) throw new Error(`expected to find the payment, got ${result}`);
      return result.found;
    };

    beforeEach(async () => {
      simulator = await fixture.start();
      port = makePort();
      order = aPaymentOrder();
    });
    afterEach(async () => {
      await port.close();
      await simulator.stop();
    });

    describe('open', () => {
      it('opens one payment and says where the citizen pays', async () => {
        const opened = await port.open(order, delivery());
        expect(opened.transactionId).toBe(fixture.transactionOf(simulator, order.requestId));
        expect(opened.payUrl).toMatch(/^https?:\/\//);
        expect(effects()).toBe(1);
      });

      it('answers from memory when the step is run again', async () => {
        const memory = new EffectMemory();
        const first = await port.open(order, delivery(memory));
        const requests = simulator.requests.length;
        expect(await port.open(order, delivery(memory, 2))).toEqual(first);
        expect(simulator.requests).toHaveLength(requests);
      });

      it('opens no second payment for the same request id when nothing is remembered', async () => {
        const first = await port.open(order, delivery());
        expect(await port.open(order, delivery())).toEqual(first);
        expect(effects()).toBe(1);
      });

      it('opens one payment when the process dies before or after any effect', async () => {
        const count = await countEffects((ctx) => port.open(aPaymentOrder(), ctx));
        expect(count).toBeGreaterThan(0);
        for (let effect = 1; effect <= count; effect += 1) {
          for (const when of ['before', 'after'] as const) {
            order = aPaymentOrder();
            const opened = await crashAndResume((ctx) => port.open(order, ctx), order.requestId, { when, effect });
            expect(opened.transactionId).toBe(fixture.transactionOf(simulator, order.requestId));
            expect(effects()).toBe(1);
          }
        }
      });

      it('opens one payment for calls of the same order at the same time', async () => {
        const opened = await Promise.all(Array.from({ length: 5 }, () => port.open(order, delivery())));
        expect(new Set(opened.map(({ transactionId }) => transactionId)).size).toBe(1);
        expect(effects()).toBe(1);
      });

      it('keeps different orders apart at the same time', async () => {
        const many = Array.from({ length: 20 }, () => aPaymentOrder());
        const opened = await Promise.all(many.map((one) => port.open(one, new TestDelivery(one.requestId))));
        expect(opened.map(({ transactionId }) => transactionId)).toEqual(
          many.map(({ requestId }) => fixture.transactionOf(simulator, requestId)),
        );
        expect(fixture.effectsTotal(simulator)).toBe(20);
      });

      it('carries umlauts, symbols and texts of full length', async () => {
        const long = 'Gebühr für „Käse & Söhne“ <Nr. 1>; Œuvre, Nguyễn/Łódź '.repeat(10).slice(0, 250);
        const demand = aPaymentDemand();
        order = aPaymentOrder({
          demand: {
            ...demand,
            purpose: 'Gebühr Prüfung Süß/Übung Öl',
            description: long,
            items: demand.items.map((item) => ({ ...item, description: long, reference: 'Gebühr/Prüfung § 12 Abs. 3 (süß)' })),
          },
          payer: {
            kind: 'organisation',
            organisationName: `Käse & Söhne GmbH `.repeat(25),
            address: {
              street: 'Straße des 17. Juni',
              houseNumber: '12 a-c',
              postalCode: 'L-1234',
              city: 'Frankfurt a. M.',
              country: 'Luxemburg',
            },
          },
        });
        await port.open(order, delivery());
        expect(effects()).toBe(1);
      });

      it('carries every cent', async () => {
        for (const cents of [1, 7, 10, 29, 1_990, 2_600, 100_001, 1_000_000, 99_999_900]) {
          order = aPaymentOrder({ demand: aPaymentDemand(cents) });
          const opened = await port.open(order, delivery());
          expect((await port.status(order, opened, delivery())).cents).toBe(cents);
        }
      });
    });

    faultTests({
      other: 'provider',
      target: () => simulator,
      port: () => port,
      reopen: () => (port = makePort()),
      restart: async () => {
        simulator = await fixture.start();
        await port.close();
        port = makePort();
      },
      act: (memory, attempt, signal) => port.open(order, delivery(memory, attempt, signal)),
      nextRequest: () => (order = aPaymentOrder()),
      effects,
      effectsTotal: () => fixture.effectsTotal(simulator),
      refuseNext: () => fixture.refuseNext(simulator),
      refusals: ['refused', 'untransferable'],
      striking: fixture.opening,
      readsAnswers: true,
      probed: ['down', 'error500', 'unauthorised'],
      hidden: () => [...fixture.secrets, ...personalParts(order.payer)],
    });

    it('does not know the outcome of opening when the answer is lost, finds the payment, and opens no second one', async () => {
      const memory = new EffectMemory();
      simulator.fail({ fault: 'answerLost', match: fixture.opening, times: 1 });
      expect(await failureKindOf(port.open(order, delivery(memory)))).toBe('outcomeUnknown');
      expect(effects()).toBe(1);
      const there = found(await port.find(order, delivery(memory, 2)));
      expect(there.transactionId).toBe(fixture.transactionOf(simulator, order.requestId));
      expect(await port.open(order, delivery(memory, 2))).toEqual(there);
      expect(effects()).toBe(1);
    });

    describe('find', () => {
      it('finds nothing before and the payment after, and opens none', async () => {
        expect(isFound(await port.find(order, delivery()))).toBe(false);
        expect(effects()).toBe(0);
        const opened = await port.open(order, delivery());
        expect(found(await port.find(order, delivery()))).toEqual(opened);
        expect(effects()).toBe(1);
      });

      it('finds a paid payment without a place to pay', async () => {
        const { transactionId } = await port.open(order, delivery());
        fixture.pay(simulator, transactionId);
        expect(found(await port.find(order, delivery()))).toEqual({ transactionId });
      });

      it.each(['down', 'error500', 'throttled', 'garbage', 'answerLost'] as const)(
        'does not say "absent" when the provider cannot be asked (%s)',
        async (fault) => {
          await port.open(order, delivery());
          simulator.fail(fault);
          expect(await failureKindOf(port.find(order, delivery()))).toBe('unavailable');
        },
      );

      it('does not say "absent" when the credentials are not accepted', async () => {
        await port.open(order, delivery());
        simulator.fail('unauthorised');
        expect(await failureKindOf(port.find(order, delivery()))).toBe('misconfigured');
      });
    });

    describe('status', () => {
      it('reports an open payment with a place to pay, then a paid one without', async () => {
        const opened = await port.open(order, delivery());
        const before = await port.status(order, opened, delivery());
        expect(before).toMatchObject({ state: 'open', cents: order.demand.amount.cents });
        expect(before.payUrl).toMatch(/^https?:\/\//);
        fixture.pay(simulator, opened.transactionId);
        const after = await port.status(order, opened, delivery());
        expect(after).toMatchObject({ state: 'paid', cents: order.demand.amount.cents });
        expect(after.payUrl).toBeUndefined();
      });

      it('reports a payment that failed and was paid later as paid', async () => {
        const opened = await port.open(order, delivery());
        fixture.failPayment(simulator, opened.transactionId);
        expect((await port.status(order, opened, delivery())).state).toBe('failed');
        fixture.pay(simulator, opened.transactionId);
        expect((await port.status(order, opened, delivery())).state).toBe('paid');
      });

      it('stops for a person when the provider booked another amount', async () => {
        const opened = await port.open(order, delivery());
        fixture.bookOtherAmount(simulator, opened.transactionId, { cents: order.demand.amount.cents - 1, currency: 'EUR' });
        fixture.pay(simulator, opened.transactionId);
        expect(await failureKindOf(port.status(order, opened, delivery()))).toBe('refused');
      });

      it('stops for a person when the transaction belongs to another order', async () => {
        const other = await port.open(aPaymentOrder(), delivery());
        await port.open(order, delivery());
        fixture.pay(simulator, other.transactionId);
        expect(await failureKindOf(port.status(order, other, delivery()))).toBe('refused');
      });

      it.each([
        ['down', 'unavailable'],
        ['error500', 'unavailable'],
        ['garbage', 'unavailable'],
        ['unauthorised', 'misconfigured'],
      ] as const)('reports no state when the provider cannot be asked (%s)', async (fault, kind) => {
        const opened = await port.open(order, delivery());
        fixture.pay(simulator, opened.transactionId);
        simulator.fail(fault);
        expect(await failureKindOf(port.status(order, opened, delivery()))).toBe(kind);
      });

      it('honours the abort while the provider hangs', async () => {
        const opened = await port.open(order, delivery());
        simulator.fail({ fault: 'slow', slowMs: 10_000 });
        await expectLetGo((signal) => port.status(order, opened, delivery(undefined, 1, signal)), ['unavailable']);
      });
    });
  });
}
