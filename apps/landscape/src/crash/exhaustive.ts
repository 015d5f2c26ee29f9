// SPDX-License-Identifier: EUPL-1.2
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { CRASH_POINTS, type CrashPoint, ONLY_WITH_BROKER, ONLY_WITH_PULL } from '@amtsbote/platform';

import { placesIn, temporaryDirectory } from '../launch/places.js';
import type { Undoing } from '../launch/undoing.js';
import { type Battle, prepareBattle, startHubs } from './battle.js';
import type { Comparison } from './comparison.js';
import type { Carrier } from './crash-config.js';
import { compared, type CrashWish, quiescence, tell } from './crash-test.js';
import { Senders } from './senders.js';
import { type CrashReport, objections, tableOfReport } from './verdict.js';

/** So long a hub may take until it gets to where it is to die, in milliseconds: the start, an application's way, an expired lease. */
const DEATH_MS_MAX = 45_000;
const PAUSE_MS = 100;

/**
 * One hub after the other dies, each at another crash point, in the middle of applications; the next one goes on with what it finds. Afterwards
 * everything has to be as if none had died.
 */
export async function exhaustiveTest(wish: CrashWish, undoing: Undoing): Promise<CrashReport> {
  const { say, signal, seed, carrier } = wish;
  const startedAt = Date.now();
  const directory = await temporaryDirectory();
  if (wish.keep) say(`Logs and data stay in ${directory}`);
  else undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const battle = await prepareBattle({ places: await placesIn(directory), carrier, broker: wish.broker, signal }, undoing);
  const { balancer, hubs, town, logbook } = battle;
  await startHubs({ ...battle, hubs: [hubs[0]] });
  await hubs[0].end();
  const addresses = { balancer: balancer.url, hubs: [hubs[0].url, hubs[0].url], token: town.secrets.TOWN_FORMS_TOKEN } as const;
  const giveUp = new AbortController();
  const senders = new Senders(addresses, logbook, AbortSignal.any([signal, giveUp.signal]));
  const graves = join(directory, 'deaths');
  for (const [round, point] of pointsOf(carrier).entries()) {
    const ms = await die(battle, { point, graves, signal }, () => send(senders, seed * 1_000 + round));
    say(
      `  ${ms === undefined ? '✗' : '†'} ${point.padEnd(22)}${ms === undefined ? 'never got there' : `${(ms / 1_000).toFixed(1).padStart(5)} s`}`,
    );
  }
  await hubs[0].start();
  await hubs[0].untilReady();
  say('All points are done. Waiting for everything to come to its end …');
  await quiescence(battle, senders, signal);
  giveUp.abort(new Error('the test is over'));
  const comparison = await compared(battle, senders);
  await tell(comparison, battle, say);
  const hit = new Set(await deaths(graves)).size;
  return reportOf(comparison, hit, { seed, carrier, seconds: Math.round((Date.now() - startedAt) / 1_000) }, say);
}

function pointsOf(carrier: Carrier): readonly CrashPoint[] {
  const unreached = carrier === 'rabbitmq' ? ONLY_WITH_PULL : [...ONLY_WITH_PULL, ...ONLY_WITH_BROKER];
  return CRASH_POINTS.filter((point) => !unreached.includes(point));
}

interface Death {
  readonly point: CrashPoint;
  /** Takes the names of the points at which hubs died. */
  readonly graves: string;
  readonly signal: AbortSignal;
}

/** Starts a hub that is to die, and gives it reasons to. @returns how long it lived, in milliseconds; `undefined` when it did not die there. */
async function die(
  { hubs, town, editors }: Battle,
  { point, graves, signal }: Death,
  send: () => Promise<void>,
): Promise<number | undefined> {
  const startedAt = performance.now();
  const hub = await hubs[0].startOnce({ AMTSBOTE_CRASH_POINT: point, AMTSBOTE_CRASH_FILE: graves });
  const over = new AbortController();
  void hub.died.then(() => over.abort());
  const until = AbortSignal.any([over.signal, AbortSignal.timeout(DEATH_MS_MAX), signal]);
  town.dms.heal();
  town.dms.fail({ fault: 'error500', times: 1, match: /nscalealinst1/ });
  await send();
  while (!until.aborted) {
    if (point.startsWith('catalogue.') && (await editors.push(`${point} ${Math.round(performance.now() - startedAt)}`)))
      await sleep(2_000, undefined, { signal: until }).catch(() => undefined);
    await sleep(PAUSE_MS, undefined, { signal: until }).catch(() => undefined);
  }
  signal.throwIfAborted();
  const hasDied = (await deaths(graves)).at(-1) === point;
  await hub.kill();
  return hasDied ? performance.now() - startedAt : undefined;
}

async function send(senders: Senders, seed: number): Promise<void> {
  await senders.send([{ at: 0, manner: 'patient', againAfterMs: 0, uploads: 1 }], seed);
}

async function deaths(graves: string): Promise<string[]> {
  const text = await readFile(graves, 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

function reportOf(
  { divergences: _divergences, ...counts }: Comparison,
  hit: number,
  run: Pick<CrashReport, 'seed' | 'carrier' | 'seconds'>,
  say: (line: string) => void,
): CrashReport {
  const planned = pointsOf(run.carrier).length;
  const against = [...objections(counts), ...(hit === planned ? [] : [`${planned - hit} crash points were never reached`])];
  const report = { ...counts, ...run, kills: hit, ok: against.length === 0, crashPoints: { planned, hit } };
  say(tableOfReport(report));
  for (const objection of against) say(`  ✗ ${objection}`);
  return report;
}
