// SPDX-License-Identifier: EUPL-1.2
import { parseArgs } from 'node:util';

import { LaunchError, sentenceOf } from '../launch/problem.js';
import { Undoing } from '../launch/undoing.js';
import { BrokerUnderFire } from './broker.js';
import { type Carrier, CARRIERS } from './crash-config.js';
import { crashTest } from './crash-test.js';
import { exhaustiveTest } from './exhaustive.js';
import type { CrashReport } from './verdict.js';

const USAGE = `npm run crash-test -- [--kills <n>] [--seed <n>] [--carrier postgres | rabbitmq] [--minutes <n>] [--exhaustive] [--keep] [--json]
  --kills    how often one of the two hubs is killed (default 10), among freezes, cut lines, restarts of database and broker, and sick targets
  --seed     what decides load and disturbances (default: made up, and shown); the operating system's timing it does not decide
  --carrier  what carries messages (default postgres); rabbitmq starts the system's own program; one named by RABBITMQ_URL is not restarted
  --minutes  how long it lasts (default: as long as the kills need); waiting for the end comes on top
  --exhaustive  instead: one hub dies once at each crash point of the code, and the next one goes on
  --keep     keeps logs and data
  --json     the last line is one JSON object`;

const undoing = new Undoing();
const stopping = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => stopping.abort());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Started by scripts/crash-test.mjs in the project's root. */
async function main(): Promise<{ report: CrashReport; json: boolean }> {
  const values = parsed();
  const seed = values.seed === undefined ? Date.now() % 1_000_000 : numberOf('seed', values.seed, 0, 2 ** 32 - 1);
  const kills = numberOf('kills', values.kills, 0, 10_000);
  const minutes = values.minutes === undefined ? undefined : numberOf('minutes', values.minutes, 0.1, 10_000);
  const carrier = CARRIERS.find((name) => name === values.carrier) satisfies Carrier | undefined;
  if (carrier === undefined) throw new LaunchError(`--carrier expects ${CARRIERS.join(' or ')}.\n${USAGE}`);
  const broker = carrier === 'rabbitmq' ? await provideBroker() : undefined;
  const common = { seed, kills, carrier, broker, keep: values.keep === true, say, signal: stopping.signal };
  const wish = { ...common, ...(minutes === undefined ? {} : { durationMs: minutes * 60_000 }) };
  const report = values.exhaustive === true ? await exhaustiveTest(wish, undoing) : await crashTest(wish, undoing);
  return { report, json: values.json === true };
}

/** The one somebody named, or one of this run's own. */
async function provideBroker(): Promise<BrokerUnderFire> {
  const named = process.env['RABBITMQ_URL'] ?? '';
  const broker = await BrokerUnderFire.start(named === '' ? undefined : named);
  undoing.add('RabbitMQ', () => broker.stop());
  return broker;
}

function parsed(): {
  kills: string;
  carrier: string;
  seed?: string;
  minutes?: string;
  exhaustive?: boolean;
  keep?: boolean;
  json?: boolean;
} {
  try {
    return parseArgs({
      options: {
        kills: { type: 'string', default: '10' },
        carrier: { type: 'string', default: 'postgres' },
        seed: { type: 'string' },
        minutes: { type: 'string' },
        exhaustive: { type: 'boolean' },
        keep: { type: 'boolean' },
        json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new LaunchError(`${error instanceof Error ? error.message : ''}\n${USAGE}`);
  }
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new LaunchError(`--${name} expects a number from ${min} to ${max}.\n${USAGE}`);
}

let code = 1;
let lastLine: string | undefined;
try {
  const { report, json } = await main();
  code = report.ok ? 0 : 1;
  if (json) lastLine = JSON.stringify(report);
} catch (error) {
  if (!stopping.signal.aborted) process.stderr.write(`${sentenceOf(error)}\n`);
  else code = 130;
}
for (const failure of await undoing.undo()) {
  process.stderr.write(`Not ended in order: ${failure}\n`);
  code = 1;
}
if (lastLine !== undefined) say(lastLine);
process.exit(code);
