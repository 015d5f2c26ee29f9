// SPDX-License-Identifier: EUPL-1.2
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { placesIn, temporaryDirectory } from '../launch/places.js';
import type { Undoing } from '../launch/undoing.js';
import { type Battle, prepareBattle, startHubs } from './battle.js';
import type { BrokerUnderFire } from './broker.js';
import { compareBooks, type Comparison } from './comparison.js';
import { Nemesis } from './nemesis.js';
import { planOf, type PlanWish } from './plan.js';
import { Senders } from './senders.js';
import { type CrashReport, objections, storyOf, tableOfReport } from './verdict.js';

/** How a crash test is wanted. */
export interface CrashWish extends PlanWish {
  /** For carriers that have one. */
  readonly broker: BrokerUnderFire | undefined;
  /** Keeps logs and data instead of removing them. */
  readonly keep: boolean;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** So long nothing may come to its end, or in front of a person, while something still flows, in milliseconds: a slow machine is not a loss. */
const STILL_MS_MAX = 120_000;
const LOOK_MS = 500;
const DIVERGENCES_SHOWN = 20;

/**
 * Two hubs on one database carry a stream of applications while a nemesis kills, freezes, cuts and spoils; afterwards three books are compared.
 * @returns the report; everything worth telling beside it is said.
 */
export async function crashTest(wish: CrashWish, undoing: Undoing): Promise<CrashReport> {
  const { say, signal, seed, kills, carrier } = wish;
  const startedAt = Date.now();
  const directory = await temporaryDirectory();
  if (wish.keep) say(`Logs and data stay in ${directory}`);
  else undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const plan = planOf(wish);
  const battle = await prepareBattle({ places: await placesIn(directory), carrier, broker: wish.broker, signal }, undoing);
  await startHubs(battle);
  const { disturbances, load, durationMs } = plan;
  say(
    `Seed ${seed}: ${load.length} submissions and ${disturbances.length} disturbances (${kills} kills) in ${durationMs / 1_000} s, carrier ${carrier}.`,
  );
  say('The seed decides the plan of both; how the operating system times it differs from run to run.');

  const { balancer, hubs, town, logbook } = battle;
  const addresses = { balancer: balancer.url, hubs: [hubs[0].url, hubs[1].url], token: town.secrets.TOWN_FORMS_TOKEN } as const;
  const giveUp = new AbortController();
  const senders = new Senders(addresses, logbook, AbortSignal.any([signal, giveUp.signal]));
  const rage = new Nemesis(battle, logbook).rage(disturbances, signal);
  await Promise.all([senders.send(load, seed), battle.editors.keepPushing(rage), rage]);
  say(`Quiet now; ${senders.unanswered} senders are still sending. Waiting for everything to come to its end …`);
  await quiescence(battle, senders, signal);
  giveUp.abort(new Error('the test is over'));
  const comparison = await compared(battle, senders);
  await tell(comparison, battle, say);
  const { divergences: _divergences, ...counts } = comparison;
  const against = objections(counts);
  const report = { ...counts, seed, carrier, kills, seconds: Math.round((Date.now() - startedAt) / 1_000), ok: against.length === 0 };
  say(tableOfReport(report));
  for (const objection of against) say(`  ✗ ${objection}`);
  return report;
}

/** Waits until nothing flows any more, or until the patience is over: what still flows then is for the comparison to find. */
export async function quiescence({ view, town }: Battle, senders: Senders, signal: AbortSignal): Promise<void> {
  let fewest = Number.POSITIVE_INFINITY;
  let end = Date.now() + STILL_MS_MAX;
  const isSettled = async (): Promise<boolean> => {
    await town.catchUp();
    const open = senders.unanswered + (await view.flowing()) + (await view.unappliedRuns()).length;
    if (open < fewest) [fewest, end] = [open, Date.now() + STILL_MS_MAX];
    return open === 0;
  };
  while (Date.now() < end && !(await isSettled().catch(() => false))) await sleep(LOOK_MS, undefined, { signal });
  await town.catchUp();
}

/** Reads all books and compares them. */
export async function compared({ view, town, hubs, drop }: Battle, { book }: Pick<Senders, 'book'>): Promise<Comparison> {
  const [hub, deadLetters] = [await view.applications(), await view.deadLetters()];
  const comparison = compareBooks({ sent: book, hub, deadLetters, town, dropped: drop.references() });
  const more = [
    ...hubs.flatMap(({ name, findings }) => findings.map((finding) => `${name}: ${finding}`)),
    ...(await view.unappliedRuns()).map((run) => `catalogue: ${run}`),
  ].map((what) => ({ kind: 'unexpected' as const, what }));
  return { ...comparison, unexpected: comparison.unexpected + more.length, divergences: [...comparison.divergences, ...more] };
}

/** Says what differs, and the whole story of the first of it. */
export async function tell({ divergences }: Comparison, { view, logbook }: Battle, say: (line: string) => void): Promise<void> {
  for (const { kind, what } of divergences.slice(0, DIVERGENCES_SHOWN)) say(`  ${kind}: ${what}`);
  if (divergences.length > DIVERGENCES_SHOWN) say(`  … and ${divergences.length - DIVERGENCES_SHOWN} more`);
  const [first] = divergences;
  if (first === undefined) return;
  const timeline = first.application === undefined ? undefined : await view.timeline(first.application.id);
  for (const line of storyOf(first, timeline, logbook.entries)) say(line);
}
