// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import type { Undoing } from '../../launch/undoing.js';
import { type Aim, atLeast, type BenchResult, type BenchWish, notMeasured, type Row } from '../bench.js';
import { Load } from '../load/load.js';
import { type Contender, type Figures, interleaved, medianIn } from '../rounds.js';
import { type BenchHub, type BenchSecrets, startBenchHub } from '../stage/bench-hub.js';
import { Receiver } from '../stage/receiver.js';
import { Stage } from '../stage/stage.js';
import { startBare } from './bare.js';
import { N8N, n8n } from './n8n.js';
import { NODE_RED, nodeRed } from './node-red.js';
import { pgbench } from './pgbench.js';
import { INTAKE_CASES, type IntakeCase } from './requests.js';

const STANDARD = { rounds: 3, seconds: 4 };
const CONNECTIONS = 32;
const RATE = 'req/s';
const HUB = 'amtsbote (intake)';
const WHOLE = 'amtsbote (all, delivering)';
const BARE = 'bare insert';

/** Somebody who is sent webhooks over HTTP. */
export interface WebhookTaker {
  readonly name: string;
  readonly port: number;
  path(one: IntakeCase): string;
  /** Whose signatures and tokens it checks; absent = it checks none. */
  readonly secrets?: BenchSecrets;
  settle?(): Promise<void>;
}

/** Durable accepted webhooks per second and how long the sender waits, beside the least that could do it and what a town would take instead. */
export async function intakeBench(wish: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const { say, signal, rounds = STANDARD.rounds, seconds = STANDARD.seconds } = wish;
  say('Starting a database, the hubs and what they are compared with …');
  const stage = await Stage.open(wish, undoing);
  const receiver = await Receiver.start(undoing);
  const load = await Load.start(undoing);
  const takers = await startTakers(wish, { stage, receiver }, undoing);
  const cases = INTAKE_CASES.filter(({ name }) => wish.cases?.includes(name) ?? true);
  const rows: Row[] = [];
  for (const one of cases) {
    const contenders = await Promise.all(takers.takers.map((taker) => sentTo(taker, one, load, takers.hub.secrets)));
    if (one.endpoint === 'webhook' && takers.bench !== undefined) contenders.push(takers.bench(one));
    rows.push(...(await interleaved(contenders, { case: one.name, rounds, seconds, warmUpSeconds: Math.min(3, seconds), say, signal })));
  }
  return { rows, aims: cases.some(({ name }) => name === '3kB') ? aimsOf(rows, wish.withN8n) : [] };
}

async function startTakers(
  { say, signal, withN8n }: BenchWish,
  { stage, receiver }: { stage: Stage; receiver: Receiver },
  undoing: Undoing,
): Promise<{ hub: BenchHub; takers: WebhookTaker[]; bench: ((one: IntakeCase) => Contender) | undefined }> {
  const hub = await startBenchHub(stage, 'intake', { roles: ['intake'], portalUrl: receiver.url, route: 'report' }, undoing);
  const whole = await startBenchHub(stage, 'all', { roles: ['all'], portalUrl: receiver.url, route: 'report' }, undoing);
  const bare = await startBare(stage, undoing);
  const takers: WebhookTaker[] = [
    hubTaker(HUB, hub),
    { ...hubTaker(WHOLE, whole), settle: () => untilDelivered(stage, whole.databaseUrl, signal) },
    { name: BARE, port: bare.port, path: () => '/' },
  ];
  const others = { stage, callUrl: receiver.url, say, signal };
  takers.push(...(await nodeRed(others, undoing)), ...(withN8n ? n8n(others) : []));
  return { hub, takers, bench: await pgbench(stage, bare.databaseUrl, CONNECTIONS, say) };
}

function hubTaker(name: string, { port, secrets }: BenchHub): WebhookTaker {
  return { name, port, secrets, path: ({ endpoint }) => `/intake/${endpoint}` };
}

async function sentTo(taker: WebhookTaker, one: IntakeCase, load: Load, anybodys: BenchSecrets): Promise<Contender> {
  const { name, port, secrets = anybodys } = taker;
  const request = await one.request(taker.path(one), secrets);
  const measure = (seconds: number): Promise<Figures> => load.run({ port, connections: CONNECTIONS, seconds, request });
  return taker.settle === undefined ? { name, measure } : { name, measure, settle: () => taker.settle?.() ?? Promise.resolve() };
}

/** What a hub accepted it goes on delivering: nobody else is to pay for that. */
async function untilDelivered(stage: Stage, databaseUrl: string, signal: AbortSignal): Promise<void> {
  const OPEN = `SELECT EXISTS (SELECT FROM message) OR EXISTS (SELECT FROM step WHERE kind = 'status' AND state <> 'done') AS open`;
  for (;;) {
    const [row] = await stage.query<{ open: boolean }>(databaseUrl, OPEN);
    if (row?.open === false) return;
    await sleep(100, undefined, { signal });
  }
}

function aimsOf(rows: readonly Row[], withN8n: boolean): Aim[] {
  const ratio = (name: string, contender: string, beside: string, aim: number): Aim => {
    if (!rows.some((row) => row.contender === beside)) return notMeasured(name, aim);
    const [own, others] = [contender, beside].map((one) => medianIn(rows, { contender: one, case: '3kB', unit: RATE }));
    return atLeast(name, (own ?? 0) / (others ?? 0), aim);
  };
  return [
    ratio('intake3kB/bareInsert', HUB, BARE, 0.6),
    // They make the call in the same process: so does the hub they are compared with.
    ratio('intake3kB/nodeRed', WHOLE, NODE_RED, 2.5),
    ...(withN8n ? [ratio('intake3kB/n8n', WHOLE, N8N, 25)] : []),
  ];
}
