// SPDX-License-Identifier: EUPL-1.2
import { appendFileSync } from 'node:fs';

import { ConfigError } from '../config/config-error.js';
import { nearest } from '../config/nearest.js';

/**
 * Moments between two things that a crash can tear apart: before and after each commit and each outside call. Every name stands at exactly
 * one place in the code (a test of the architecture sees to it), and `npm run crash-test -- --exhaustive` kills a hub once at each.
 *
 * The order is that of an application; what only happens after a crash follows the point that brings it about.
 */
export const CRASH_POINTS = [
  // A sender has proved itself; nothing of what it sends is stored.
  'intake.reading',
  // Its files are on disk, and nobody owns them.
  'intake.stored',
  // The plan is made, in memory only.
  'routing.planned',
  // Application, steps, journal, messages are committed; the sender has not heard of it.
  'intake.committed',
  // A source is leased; it was not asked.
  'pull.claimed',
  // A fetched submission is whole: its files are on disk, and nobody owns them.
  'pull.fetched',
  // It is committed; its source has not heard of it.
  'pull.committed',
  // Its source knows; the house has not written down that it knows.
  'pull.acknowledged',
  // A message is reserved for whoever hears of it from the broker; the broker has not heard of it.
  'bus.posted',
  // The broker has confirmed that it knows of it.
  'bus.sent',
  // A message is leased; its handler has not begun.
  'bus.claimed',
  // The handler is through; the message is still there.
  'bus.handled',
  'bus.acknowledged',
  // A step is leased; the attempt has not begun.
  'delivery.claimed',
  // Another process put a step whose owner is gone in doubt.
  'delivery.recovered',
  // It is written down that an effect is about to happen; it has not.
  'delivery.beginning',
  // The intent to pay is stored; the provider has not heard of it.
  'payment.intended',
  // The target has acted; nobody has written it down.
  'delivery.acted',
  // The target was asked and has told; nothing was done about it.
  'delivery.found',
  // All effects of an attempt happened; its end is not written down.
  'delivery.performed',
  'delivery.recorded',
  // An attempt failed; that is not written down.
  'delivery.failing',
  'delivery.failed',
  // Inside a transaction: everything is written but the commit.
  'work.committing',
  'work.committed',
  // Inside a transaction: the citizen's state is about to change.
  'status.moving',
  // Items are leased; the Fachverfahren has not heard of it.
  'pickup.leased',
  // The hub knows that the Fachverfahren has it; the Fachverfahren does not know that it knows.
  'pickup.acknowledged',
  // A decision's documents are on disk, and nobody owns them.
  'pickup.deciding',
  'pickup.decided',
  // A run of the catalogue after each of its stages.
  'catalogue.claimed',
  'catalogue.read',
  'catalogue.compared',
  'catalogue.applying',
  'catalogue.applied',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Those of them that only a hub with a broker comes to. */
export const ONLY_WITH_BROKER: readonly CrashPoint[] = ['bus.posted', 'bus.sent'];

/** Those that only a hub comes to that fetches submissions. */
export const ONLY_WITH_PULL: readonly CrashPoint[] = ['pull.claimed', 'pull.fetched', 'pull.committed', 'pull.acknowledged'];

/** What a crash point is unless a crash was planned: nothing. */
export const NO_CRASH: (point: CrashPoint) => void = () => {};

/** Marks a moment at which a crash test may end the process. In production it is {@link NO_CRASH} itself, a function without a body. */
export let crashPoint = NO_CRASH;

/** Where a process is to die. */
export interface CrashPlan {
  readonly point: CrashPoint;
  /** It dies when it gets there for this time, from 1. */
  readonly time: number;
  /** Takes one line when it dies: who killed it can tell this death from others. */
  readonly file: string;
}

/** Names of the environment; the values are for {@link crashPlanOf}. */
const VARIABLES = { point: 'AMTSBOTE_CRASH_POINT', time: 'AMTSBOTE_CRASH_TIME', file: 'AMTSBOTE_CRASH_FILE' } as const;

/**
 * The crash that the environment plans; `undefined` when it plans none.
 * @param addresses everything that makes a hub matter to somebody: its public address, its database. One that is not on this machine's
 *   loopback is no test, and the plan is refused.
 * @throws ConfigError
 */
export function crashPlanOf(
  environment: Readonly<Record<string, string | undefined>>,
  addresses: readonly string[],
): CrashPlan | undefined {
  const typed = environment[VARIABLES.point];
  if (typed === undefined || typed === '') return undefined;
  if (!addresses.every(isOnLoopback))
    throw wrong(VARIABLES.point, 'is for crash tests on one machine: this hub has a public address or a database elsewhere. Remove it');
  const point = CRASH_POINTS.find((name) => name === typed);
  if (point === undefined) throw wrong(VARIABLES.point, 'expects the name of a crash point', nearest(typed, CRASH_POINTS));
  const time = Number(environment[VARIABLES.time] ?? '1');
  if (!Number.isInteger(time) || time < 1) throw wrong(VARIABLES.time, 'expects a whole number from 1');
  const file = environment[VARIABLES.file];
  if (file === undefined || file === '') throw wrong(VARIABLES.file, 'expects the path of a file');
  return { point, time, file };
}

/** From now on this process dies where the plan says, in the middle of whatever it does. */
export function armCrash({ point, time, file }: CrashPlan, die: () => void = dieAtOnce): void {
  let times = 0;
  crashPoint = (reached) => {
    if (reached !== point) return;
    times += 1;
    if (times !== time) return;
    appendFileSync(file, `${point}\n`);
    die();
  };
}

/** As if nothing had been armed, for tests. */
export function disarmCrash(): void {
  crashPoint = NO_CRASH;
}

/** No handler runs, nothing is flushed: the kernel takes the process away before the next instruction. */
function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

function isOnLoopback(address: string): boolean {
  return URL.canParse(address) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(address).hostname);
}

function wrong(path: string, expected: string, near?: string): ConfigError {
  return new ConfigError('The environment', [{ path, expected, ...(near === undefined ? {} : { nearest: near }) }]);
}
