// SPDX-License-Identifier: EUPL-1.2
import type { FailureKind } from '@amtsbote/canonical';

import type { Port } from '../../src/index.js';
import { ABORT_LIMIT_MS, deliveryErrorOf, failureKindOf, type SimulatedTarget, visibleParts } from './contract-tools.js';
import { EffectMemory } from './delivery-context.js';
import { describe, expect, it } from './jest.js';
import type { Fault } from './simulator-server.js';

/** How the suites of payment, export and status let their adapter act; each test begins with a healthy target and a request of its own. */
export interface FaultBench {
  /** What the other side is called in the names of the tests. */
  readonly other: string;
  target(): SimulatedTarget;
  port(): Port;
  /** Takes a port as after a restart of the hub. */
  reopen(): void;
  /** Starts the target again after it was stopped, and a port to it. Absent for targets that cannot be switched off. */
  readonly restart?: () => Promise<void>;
  /** Lets the adapter act on the request of this test. */
  act(memory?: EffectMemory, attempt?: number, signal?: AbortSignal): Promise<unknown>;
  /** From now on another request. */
  nextRequest(): void;
  /** Times the request took effect. */
  effects(): number;
  /** Times any request took effect. */
  effectsTotal(): number;
  /** The target understands the next act and says no for good. */
  refuseNext(): void;
  /** Kinds that say so. */
  readonly refusals: readonly FailureKind[];
  /** The request lines that faults strike, so that tokens and the like go through. Absent: all. */
  readonly striking?: RegExp;
  /** Whether the protocol puts meaning into the body of a success; where it does not, nonsense in a body is no failure. */
  readonly readsAnswers: boolean;
  /** Faults that a probe has to notice. */
  readonly probed: readonly Fault[];
  /** Faults the target cannot have, each with the reason. */
  readonly impossible?: Readonly<Partial<Record<Fault, string>>>;
  /** What must never be seen of the present request and the options. */
  hidden(): readonly string[];
}

/** Faults that leave open whether the target acted, or say that it did not. */
const UNSETTLED: readonly FailureKind[] = ['unavailable', 'outcomeUnknown'];

/** What every delivery does when the other side does not cooperate: one effect at most, and the kind of failure that leads on. */
export function faultTests(bench: FaultBench): void {
  const strike = (fault: Fault, more: { times?: number; slowMs?: number; retryAfterS?: number } = {}): void =>
    bench.target().fail({ fault, ...(bench.striking === undefined ? {} : { match: bench.striking }), ...more });

  describe(`when the ${bench.other} does not cooperate`, () => {
    const { restart } = bench;
    if (restart !== undefined) {
      it(`is unavailable while the ${bench.other} is down, and takes effect once afterwards`, async () => {
        const memory = new EffectMemory();
        await bench.target().stop();
        expect(await failureKindOf(bench.act(memory))).toBe('unavailable');
        await restart();
        await bench.act(memory, 2);
        expect(bench.effects()).toBe(1);
      });
    }

    it.each(['down', 'error500', 'answerLost'] as const)('takes effect once after a failure that passes (%s)', async (fault) => {
      const memory = new EffectMemory();
      strike(fault, { times: 1 });
      expect(UNSETTLED).toContain(await failureKindOf(bench.act(memory)));
      await bench.act(memory, 2);
      expect(bench.effects()).toBe(1);
    });

    it('is misconfigured when the credentials are not accepted', async () => {
      strike('unauthorised');
      expect(await failureKindOf(bench.act())).toBe('misconfigured');
      expect(bench.effects()).toBe(0);
    });

    if (bench.impossible?.throttled === undefined) {
      it(`is unavailable for as long as the ${bench.other} asks when it throttles`, async () => {
        strike('throttled', { retryAfterS: 7 });
        const error = await deliveryErrorOf(bench.act());
        expect([error.kind, error.retryAfterMs]).toEqual(['unavailable', 7_000]);
        expect(bench.effects()).toBe(0);
      });
    }

    it(`stops for a person when the ${bench.other} says no`, async () => {
      bench.refuseNext();
      expect(bench.refusals).toContain(await failureKindOf(bench.act()));
      expect(bench.effects()).toBe(0);
    });

    it(`honours the abort while the ${bench.other} hangs`, async () => {
      strike('slow', { slowMs: 10_000 });
      await expectLetGo((signal) => bench.act(undefined, 1, signal), UNSETTLED);
    });

    if (bench.readsAnswers) {
      it('takes no garbage for a success', async () => {
        strike('garbage');
        expect(UNSETTLED).toContain(await failureKindOf(bench.act()));
      });
    }

    it('takes effect once when it is closed during the call', async () => {
      const memory = new EffectMemory();
      strike('slow', { slowMs: 300, times: 1 });
      const call = bench.act(memory).then(
        () => 'done',
        (error: unknown) => deliveryErrorOf(Promise.reject(error as Error)),
      );
      await new Promise((resolve) => setTimeout(resolve, 100));
      await bench.port().close();
      await call;
      bench.reopen();
      await bench.act(memory, 2);
      expect(bench.effects()).toBe(1);
    });
  });

  probeTests(bench);
}

function probeTests(bench: FaultBench): void {
  const probe = (): ReturnType<Port['probe']> => bench.port().probe(new AbortController().signal);

  describe('probe and descriptions', () => {
    it(`is content with a healthy ${bench.other} and changes nothing there`, async () => {
      expect(await probe()).toMatchObject({ ok: true });
      expect(bench.effectsTotal()).toBe(0);
    });

    it.each(bench.probed)('reports what is wrong instead of failing (%s)', async (fault) => {
      bench.target().fail(fault);
      const report = await probe();
      expect(report.ok).toBe(false);
      expect(report.checks.some(({ ok }) => !ok)).toBe(true);
    });

    it('shows neither secrets nor personal data in errors, probe and description', async () => {
      const shown = [bench.port().describeTarget()];
      const hidden: string[] = [];
      const look = async (): Promise<void> => {
        hidden.push(...bench.hidden());
        shown.push(visibleParts(await deliveryErrorOf(bench.act())));
      };
      const silent = bench.readsAnswers ? (['garbage'] as const) : [];
      for (const fault of ['down', 'error500', 'unauthorised', 'throttled', 'answerLost', ...silent] as const) {
        bench.nextRequest();
        bench.target().fail(fault);
        await look();
        shown.push(JSON.stringify(await probe()));
        bench.target().heal();
      }
      bench.nextRequest();
      bench.refuseNext();
      await look();
      for (const text of shown) for (const secret of hidden) expect(text).not.toContain(secret);
    });
  });
}

/** Lets a call hang for a while, then ends its time. @throws when it takes too long to let go, or fails with another kind */
export async function expectLetGo(call: (signal: AbortSignal) => Promise<unknown>, kinds: readonly FailureKind[]): Promise<void> {
  const started = Date.now();
  expect(kinds).toContain(await failureKindOf(call(AbortSignal.timeout(100))));
  expect(Date.now() - started).toBeLessThan(ABORT_LIMIT_MS);
}
