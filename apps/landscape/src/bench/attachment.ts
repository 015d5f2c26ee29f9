// SPDX-License-Identifier: EUPL-1.2
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

import { aLargeFile } from '@amtsbote/adapter-kit/testing';
import type { OzgCloudSubmission } from '@amtsbote/adapters/forms-ozg-cloud/simulator';

import { missingOutside } from '../launch/audit.js';
import type { BookedApplication } from '../launch/hub-books.js';
import { type LaunchedTown, launchTown } from '../launch/launched-town.js';
import { placesIn, temporaryDirectory } from '../launch/places.js';
import { sampleSubmissions, sendSamples, type SentApplication } from '../launch/samples.js';
import type { Undoing } from '../launch/undoing.js';
import { atMost, type BenchResult, type BenchWish, type Row, rowOf } from './bench.js';
import { MemoryMeter } from './memory-meter.js';

const MIB = 1024 * 1024;
const STANDARD_MIB = 500;
/** However large the attachment, the hub's memory grows by no more than this. */
const GROWTH_MIB_MAX = 64;
const WARM_UPS = 3;
const REST_MS = 2_000;

/** The phases an attachment's bytes go through, in order. */
const PHASES: readonly { readonly name: string; readonly isOver: (application: BookedApplication) => boolean }[] = [
  { name: 'webhook → blob store', isOver: () => true },
  { name: 'payment', isOver: ({ isPaid }) => isPaid },
  { name: 'blob store → DMS', isOver: ({ isFiled }) => isFiled },
  { name: 'pickup by the Fachverfahren', isOver: ({ isCollected }) => isCollected },
  { name: 'decision and report', isOver: ({ progress }) => progress === 'finished' },
];

/**
 * One application with one very large attachment, end to end: webhook (multipart) → blob store → DMS → download by the Fachverfahren, which
 * hashes. Form server, DMS and Fachverfahren run in this process, the hub in its own, whose memory is watched.
 */
export async function attachmentBench(
  { databaseUrl, size = STANDARD_MIB, say, signal }: BenchWish,
  undoing: Undoing,
): Promise<BenchResult> {
  const directory = await temporaryDirectory();
  undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const places = await placesIn(directory);
  const launched = await launchTown({ places, databaseUrl, port: 0, temporary: true, say, signal }, undoing);
  const meter = new MemoryMeter(launched.hub.pid);
  undoing.add('memory meter', async () => meter.stop());
  say(`Warming up with ${WARM_UPS} small applications …`);
  await travel(launched, sampleSubmissions(WARM_UPS), signal);
  const restedFrom = Date.now();
  await sleep(REST_MS, undefined, { signal });
  const baseline = meter.median(restedFrom, Date.now());
  say(`Sending one application with an attachment of ${size} MiB; the hub rests at ${Math.round(baseline)} MiB …`);
  const startedAt = Date.now();
  const ends = await travel(launched, [withLargeFile(size * MIB)], signal);
  const growth = meter.peak(startedAt, Date.now()) - baseline;
  return {
    rows: rowsOf(startedAt, ends, { size, baseline, meter }),
    aims: [atMost(`attachment${size}MB/rssGrowthMB`, growth, GROWTH_MIB_MAX)],
  };
}

/** Sends and waits until all books agree. @returns when each phase was over for the last application. */
async function travel(launched: LaunchedTown, submissions: readonly OzgCloudSubmission[], signal: AbortSignal): Promise<number[]> {
  const { hub, town, books, startedAt } = launched;
  const sent: SentApplication[] = [];
  const since = new Date(Math.max(startedAt.getTime(), Date.now() - 1_000));
  await sendSamples({ url: hub.url, token: town.secrets.TOWN_FORMS_TOKEN }, submissions, (one) => sent.push(one));
  const ends = [Date.now()];
  for (;;) {
    const all = (await books.since(since)).filter(({ id }) => sent.some((one) => one.id === id));
    while (ends.length < PHASES.length && all.every((one) => PHASES[ends.length]?.isOver(one))) ends.push(Date.now());
    if (all.some(({ progress }) => progress === 'parked')) throw new Error('an application was parked: see the hub’s log');
    if (ends.length === PHASES.length && sent.every((one) => missingOutside(one, town).length === 0)) return ends;
    await sleep(20, undefined, { signal });
  }
}

function withLargeFile(bytes: number): OzgCloudSubmission {
  const [submission] = sampleSubmissions(1);
  if (submission === undefined) throw new Error('no submission');
  return { ...submission, attachments: [...submission.attachments, aLargeFile('Bauplan.bin', bytes)] };
}

function rowsOf(
  startedAt: number,
  ends: readonly number[],
  { size, baseline, meter }: { size: number; baseline: number; meter: MemoryMeter },
): Row[] {
  const carries = [true, false, true, true, false];
  return PHASES.flatMap(({ name }, index) => {
    const [from, to] = [index === 0 ? startedAt : (ends[index - 1] ?? startedAt), ends[index] ?? startedAt];
    const seconds = (to - from) / 1_000;
    return [
      rowOf('amtsbote', name, 's', [seconds]),
      ...(carries[index] === true ? [rowOf('amtsbote', name, 'MiB/s', [size / Math.max(seconds, 0.001)])] : []),
      rowOf('amtsbote', name, 'growth MiB', [meter.peak(from, to) - baseline]),
    ];
  });
}
