// SPDX-License-Identifier: EUPL-1.2
import { type Adapter, type StatusPort, type StatusUpdate } from '../../src/index.js';
import { anApplication } from './builders.js';
import { countEffects, crashAndResume, testEnvironment } from './contract-tools.js';
import { EffectMemory, TestDelivery } from './delivery-context.js';
import { faultTests } from './delivery-faults.js';
import { afterEach, beforeEach, describe, expect, it } from './jest.js';
import type { SimulatorServer } from './simulator-server.js';

/** What a status adapter gives to the suite: itself, its simulated portal, and how to look at what the portal has. */
export interface StatusContractFixture<Options, Simulator extends SimulatorServer> {
  readonly adapter: Adapter<'status', Options>;
  /** A started portal without cases. */
  start(): Promise<Simulator>;
  /** Options that fit the portal, as an operator writes them. */
  optionsFor(simulator: Simulator): unknown;
  /** Times the update with this id took effect at the portal: what the citizen sees. Doubles the portal dropped do not count. */
  effects(simulator: Simulator, updateId: string): number;
  /** Updates that took effect altogether. */
  effectsTotal(simulator: Simulator): number;
  /** The update as the portal has it: an object with the members `reference`, `sequence`, `state`, `payment`, `decision` of the port. */
  received(simulator: Simulator, updateId: string): unknown;
  /** The portal understands the next update and says no for good. */
  refuseNext(simulator: Simulator): void;
  /**
   * Whether the protocol puts meaning into the body of a success. For those that do not (webhooks: any 2xx is a success), nonsense in a body
   * is no failure.
   */
  readonly readsAnswers: boolean;
  /** Everything in `optionsFor` that must never be seen. */
  readonly secrets: readonly string[];
}

let updates = 0;

/** A status update of its own for every test: payment demanded, mailbox known. */
export function aStatusUpdate(overrides: Partial<StatusUpdate> = {}): StatusUpdate {
  updates += 1;
  const application = anApplication();
  return {
    id: `0192f0a0-0000-7000-9000-${String(updates).padStart(12, '0')}`,
    applicationId: application.id,
    reference: application.reference,
    submissionId: application.origin.submissionId,
    tenant: application.tenant,
    sequence: 1,
    state: 'ACTION_REQUIRED',
    changedAt: new Date('2026-01-31T10:00:00.000Z'),
    mailbox: application.applicant.mailbox?.handle ?? 'none',
    payment: { payUrl: 'https://pay.example.org/pay/tx-000001', cents: 2_600, currency: 'EUR' },
    ...overrides,
  };
}

/** The last update of an application: a decision with one document and a text of the longest length, umlauts and symbols included. */
export function aDecisionUpdate(overrides: Partial<StatusUpdate> = {}): StatusUpdate {
  const { payment: _, ...update } = aStatusUpdate();
  return {
    ...update,
    state: 'COMPLETED',
    sequence: 2,
    decision: {
      outcome: 'granted',
      text: 'Ihre Gewerbeanmeldung „Käse & Söhne“ <Nr. 1> ist bestätigt — Nguyễn/Łódź 😀\n'.repeat(400).slice(0, 20_000),
      documents: [
        {
          name: 'Bescheid über die Anmeldung (ä & ö).pdf',
          mediaType: 'application/pdf',
          size: 48_213,
          sha512: 'ab'.repeat(64),
          url: 'https://hub.example.org/v1/decisions/0192f0a0/documents/1',
        },
      ],
    },
    ...overrides,
  };
}

/** The judge of every status adapter: each change reaches the citizen once, whatever happens on the line. */
export function statusContract<Options, Simulator extends SimulatorServer>(fixture: StatusContractFixture<Options, Simulator>): void {
  describe(`${fixture.adapter.type}: status contract`, () => {
    let simulator: Simulator;
    let port: StatusPort;
    let update: StatusUpdate;

    const makePort = (): StatusPort =>
      fixture.adapter.create(fixture.adapter.options.parse(fixture.optionsFor(simulator)), testEnvironment());
    const delivery = (memory = new EffectMemory(), attempt = 1, signal?: AbortSignal): TestDelivery =>
      new TestDelivery(update.id, memory, attempt, signal);
    const effects = (): number => fixture.effects(simulator, update.id);

    beforeEach(async () => {
      simulator = await fixture.start();
      port = makePort();
      update = aStatusUpdate();
    });
    afterEach(async () => {
      await port.close();
      await simulator.stop();
    });

    describe('report', () => {
      it('brings a change to the portal', async () => {
        const { acceptedAt } = await port.report(update, delivery());
        expect(Math.abs(Date.parse(acceptedAt) - Date.now())).toBeLessThan(60_000);
        expect(effects()).toBe(1);
        const { reference, sequence, state, payment } = update;
        expect(fixture.received(simulator, update.id)).toMatchObject({ reference, sequence, state, payment });
      });

      it('brings a decision with umlauts, symbols and a text of full length unchanged', async () => {
        update = aDecisionUpdate();
        await port.report(update, delivery());
        expect(fixture.received(simulator, update.id)).toHaveProperty('decision', update.decision);
      });

      it('answers from memory when the step is run again', async () => {
        const memory = new EffectMemory();
        const first = await port.report(update, delivery(memory));
        const requests = simulator.requests.length;
        expect(await port.report(update, delivery(memory, 2))).toEqual(first);
        expect(simulator.requests).toHaveLength(requests);
      });

      it('takes effect once for the same id when nothing is remembered', async () => {
        await port.report(update, delivery());
        await port.report(update, delivery());
        expect(effects()).toBe(1);
      });

      it('takes effect once when the process dies before or after any effect', async () => {
        const count = await countEffects((ctx) => port.report(aStatusUpdate(), ctx));
        expect(count).toBeGreaterThan(0);
        for (let effect = 1; effect <= count; effect += 1) {
          for (const when of ['before', 'after'] as const) {
            update = aStatusUpdate();
            await crashAndResume((ctx) => port.report(update, ctx), update.id, { when, effect });
            expect(effects()).toBe(1);
          }
        }
      });

      it('keeps different updates apart at the same time', async () => {
        const many = Array.from({ length: 20 }, (_, index) => aStatusUpdate({ sequence: index + 1 }));
        await Promise.all(many.map((one) => port.report(one, new TestDelivery(one.id))));
        expect(many.map(({ id }) => fixture.effects(simulator, id))).toEqual(many.map(() => 1));
        expect(fixture.effectsTotal(simulator)).toBe(20);
      });
    });

    faultTests({
      other: 'portal',
      target: () => simulator,
      port: () => port,
      reopen: () => (port = makePort()),
      restart: async () => {
        simulator = await fixture.start();
        await port.close();
        port = makePort();
      },
      act: (memory, attempt, signal) => port.report(update, delivery(memory, attempt, signal)),
      // A decision shows most: the words of the authority, and who gets them.
      nextRequest: () => (update = aDecisionUpdate()),
      effects,
      effectsTotal: () => fixture.effectsTotal(simulator),
      refuseNext: () => fixture.refuseNext(simulator),
      refusals: ['refused'],
      readsAnswers: fixture.readsAnswers,
      probed: ['down', 'error500'],
      hidden: () => [...fixture.secrets, update.mailbox ?? '-', update.decision?.text.slice(0, 30) ?? '-', update.submissionId],
    });
  });
}
