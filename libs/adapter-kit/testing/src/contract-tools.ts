// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import type { Clock, FailureKind } from '@amtsbote/canonical';

import { type AdapterEnvironment, DeliveryError } from '../../src/index.js';
import { EffectMemory, SimulatedCrash, TestDelivery } from './delivery-context.js';
import type { SimulatorServer } from './simulator-server.js';

/** Longest time an adapter may take to honour an abort, in milliseconds. */
export const ABORT_LIMIT_MS = 2_000;

const clock: Clock = { now: () => new Date(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) };

/** What an adapter gets from the house, in contract suites. */
export function testEnvironment(instance = 'contract'): AdapterEnvironment {
  return { clock, randomness: { fraction: () => Math.random(), bytes: (count) => randomBytes(count) }, instance };
}

/**
 * Waits for a call that has to fail with a {@link DeliveryError}.
 * @throws when it succeeds, or fails with anything else (which the runner would book as our own mistake).
 */
export async function deliveryErrorOf(call: Promise<unknown>): Promise<DeliveryError> {
  const outcome: unknown = await call.then(
    (value) => ({ value }),
    (error: unknown) => error,
  );
  if (outcome instanceof DeliveryError) return outcome;
  throw new Error(`expected a DeliveryError, got ${inspect(outcome, { depth: 3 })}`, { cause: outcome });
}

/** The kind of the {@link DeliveryError} a call has to fail with. */
export async function failureKindOf(call: Promise<unknown>): Promise<FailureKind> {
  return (await deliveryErrorOf(call)).kind;
}

/** Everything of an error that may reach a log, the journal or the console. `cause` is never persisted, but loggers print it. */
export function visibleParts(error: DeliveryError): string {
  return [error.message, error.stack ?? '', JSON.stringify(error.toFailure()), inspect(error.cause, { depth: 2 })].join('\n');
}

/** Runs an act to its end once and tells how many outside effects it has, so that a suite can crash before and after each of them. */
export async function countEffects(act: (ctx: TestDelivery) => Promise<unknown>): Promise<number> {
  const memory = new EffectMemory();
  await act(new TestDelivery('count', memory));
  return memory.effects.size;
}

/**
 * Lets the process die before or after one effect and then runs the act again with what the store remembers.
 * @returns the receipt of the second run.
 * @throws when the first run did not reach the point of the crash.
 */
export async function crashAndResume<Receipt>(
  act: (ctx: TestDelivery) => Promise<Receipt>,
  key: string,
  crash: { readonly when: 'before' | 'after'; readonly effect: number },
): Promise<Receipt> {
  const memory = new EffectMemory();
  const first = await act(new TestDelivery(key, memory, 1, undefined, crash)).catch((error: unknown) => error);
  if (!(first instanceof SimulatedCrash)) throw new Error(`no crash ${crash.when} effect ${crash.effect}: ${inspect(first)}`);
  return act(new TestDelivery(key, memory, 2));
}

/** What a suite needs of the other side, be it a simulator on loopback or something in memory. */
export type SimulatedTarget = Pick<SimulatorServer, 'fail' | 'heal' | 'stop' | 'requests'>;
