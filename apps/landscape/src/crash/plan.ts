// SPDX-License-Identifier: EUPL-1.2
import { seededRandomness } from '@amtsbote/platform';

import type { BrokerEnd } from './broker.js';
import { type Carrier, TIMES } from './crash-config.js';
import type { LineFault } from './tcp-proxy.js';

/** The simulated systems that can misbehave. */
export const TARGETS = ['payment', 'dms', 'portal'] as const;
export type Target = (typeof TARGETS)[number];
/** Hub processes, by their place in the town. */
export type HubIndex = 0 | 1;
/** Lines of the network that can be broken. */
export type LineName = Target | 'drop' | 'broker' | 'database-0' | 'database-1';

/** What the nemesis does at a moment, in milliseconds after the begin. */
export type Disturbance = { readonly at: number } & (
  | { readonly kind: 'kill'; readonly hub: HubIndex; readonly downMs: number }
  | { readonly kind: 'freeze'; readonly hub: HubIndex; readonly ms: number }
  | { readonly kind: 'cut'; readonly line: LineName }
  | { readonly kind: 'line'; readonly line: LineName; readonly fault: LineFault; readonly ms: number }
  | { readonly kind: 'database'; readonly how: 'fast' | 'immediate'; readonly downMs: number }
  | { readonly kind: 'broker'; readonly how: BrokerEnd; readonly downMs: number }
  | { readonly kind: 'target'; readonly target: Target; readonly fault: 'error500' | 'throttled' | 'garbage' | 'down'; readonly ms: number }
);

/**
 * How a form server sends one submission.
 * - `patient`: until it is answered
 * - `oneShot`: once, whatever comes of it
 * - `atOnce`: to both hubs at the same time, then until it is answered
 * - `again`: until it is answered, and once more later, to the other hub, after others that were sent meanwhile
 */
export type Manner = 'patient' | 'oneShot' | 'atOnce' | 'again';

/** One submission of the load, in milliseconds after the begin. */
export interface Sending {
  readonly at: number;
  readonly manner: Manner;
  /** For `again`. */
  readonly againAfterMs: number;
  readonly uploads: number;
}

/** Everything a seed decides. How the operating system times it is not in the seed's hands: the same seed is the same plan, not the same run. */
export interface CrashPlan {
  readonly durationMs: number;
  readonly disturbances: readonly Disturbance[];
  readonly load: readonly Sending[];
}

/** What a plan is made from. */
export interface PlanWish {
  readonly seed: number;
  readonly kills: number;
  readonly carrier: Carrier;
  /** How long it lasts; absent: as long as the kills need. */
  readonly durationMs?: number;
}

const MS_PER_KILL = 4_000;
const DURATION_MS_MIN = 20_000;
/** Mean distances, in milliseconds. */
const DISTURBANCE_EVERY_MS = 1_500;
const SUBMISSION_EVERY_MS = 300;

/** Makes the plan of a run. Pure: the same wish, the same plan. */
export function planOf({ seed, kills, carrier, durationMs = Math.max(DURATION_MS_MIN, kills * MS_PER_KILL) }: PlanWish): CrashPlan {
  const dice = new Dice(seed);
  const killing = Array.from({ length: kills }, (_, index): Disturbance => {
    const share = durationMs / kills;
    const at = Math.round(index * share + dice.between(0.1, 0.9) * share);
    return { at, kind: 'kill', hub: dice.of([0, 1]), downMs: dice.whole(200, 2_000) };
  });
  const others = times(dice, durationMs, DISTURBANCE_EVERY_MS).map((at) => ({ at, ...other(dice, carrier) }));
  const load = times(dice, durationMs, SUBMISSION_EVERY_MS).map((at): Sending => {
    const manner = dice.weighted<Manner>({ patient: 6, oneShot: 1, atOnce: 2, again: 2 });
    return { at, manner, againAfterMs: dice.whole(300, 5_000), uploads: dice.whole(0, 2) };
  });
  return { durationMs, disturbances: [...killing, ...others].sort((one, two) => one.at - two.at), load };
}

function other(dice: Dice, carrier: Carrier): Disturbance extends infer Any ? (Any extends Disturbance ? Omit<Any, 'at'> : never) : never {
  const lines: readonly LineName[] = [
    ...TARGETS,
    'drop',
    'database-0',
    'database-1',
    ...(carrier === 'rabbitmq' ? (['broker'] as const) : []),
  ];
  switch (
    dice.weighted({
      freeze: 2,
      cut: 3,
      silent: 3,
      slow: 2,
      answerLost: 4,
      refused: 1,
      database: 2,
      target: 5,
      broker: carrier === 'rabbitmq' ? 2 : 0,
    })
  ) {
    case 'freeze':
      return { kind: 'freeze', hub: dice.of([0, 1]), ms: TIMES.lease + dice.whole(500, 3_000) };
    case 'cut':
      return { kind: 'cut', line: dice.of(lines) };
    case 'silent':
      return { kind: 'line', line: dice.of(lines), fault: { kind: 'silent' }, ms: dice.whole(1_000, 6_000) };
    case 'slow':
      return { kind: 'line', line: dice.of(lines), fault: { kind: 'slow', ms: dice.whole(10, 250) }, ms: dice.whole(1_000, 4_000) };
    case 'answerLost':
      return { kind: 'line', line: dice.of(lines), fault: { kind: 'answerLost' }, ms: dice.whole(200, 1_500) };
    case 'refused':
      return { kind: 'line', line: dice.of(lines), fault: { kind: 'refused' }, ms: dice.whole(500, 3_000) };
    case 'database':
      return { kind: 'database', how: dice.of(['fast', 'immediate']), downMs: dice.whole(0, 1_000) };
    case 'broker':
      return { kind: 'broker', how: dice.of(['stop', 'kill']), downMs: dice.whole(0, 1_000) };
    case 'target':
      return spoilt(dice);
  }
}

/** No garbage from the portal: any 2xx means that it took the webhook (Standard Webhooks), whatever stands in the body. */
function spoilt(dice: Dice): Omit<Extract<Disturbance, { kind: 'target' }>, 'at'> {
  const target = dice.of(TARGETS);
  const faults = ['error500', 'throttled', 'down', ...(target === 'portal' ? [] : (['garbage'] as const))] as const;
  return { kind: 'target', target, fault: dice.of(faults), ms: dice.whole(500, 3_000) };
}

/** Moments of a random stream with this mean distance. */
function times(dice: Dice, durationMs: number, meanMs: number): number[] {
  const moments: number[] = [];
  for (let at = dice.between(0, meanMs); at < durationMs; at += dice.between(0.2, 1.8) * meanMs) moments.push(Math.round(at));
  return moments;
}

/** Choices from a seed. */
class Dice {
  private readonly randomness;
  constructor(seed: number) {
    this.randomness = seededRandomness(seed);
  }
  between(low: number, high: number): number {
    return low + this.randomness.fraction() * (high - low);
  }
  whole(low: number, high: number): number {
    return Math.round(this.between(low, high));
  }
  of<Choice>(choices: readonly Choice[]): Choice {
    const choice = choices[Math.floor(this.randomness.fraction() * choices.length)];
    if (choice === undefined) throw new Error('nothing to choose from');
    return choice;
  }
  weighted<Choice extends string>(weights: Readonly<Record<Choice, number>>): Choice {
    const choices = Object.entries<number>(weights).flatMap(([choice, weight]) => Array.from({ length: weight }, () => choice as Choice));
    return this.of(choices);
  }
}
