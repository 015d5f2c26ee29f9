// SPDX-License-Identifier: EUPL-1.2
import { parseArgs } from 'node:util';

import { LaunchError, sentenceOf } from '../launch/problem.js';
import { Undoing } from '../launch/undoing.js';
import { attachmentBench } from './attachment.js';
import { type Aim, type BenchResult, type BenchWish, tableOf } from './bench.js';
import { bloatBench } from './bloat.js';
import { catalogueBench } from './catalogue/catalogue.js';
import { intakeBench } from './intake/intake.js';
import { latencyBench } from './latency.js';
import { pipelineBench } from './pipeline/pipeline.js';
import { pickupBench } from './reading/pickup.js';
import { searchBench } from './reading/search.js';
import { startBench } from './start.js';

/** Every bench there is: name → measurement. */
const BENCHES: Readonly<Record<string, (wish: BenchWish, undoing: Undoing) => Promise<BenchResult>>> = {
  attachment: attachmentBench,
  bloat: bloatBench,
  catalogue: catalogueBench,
  intake: intakeBench,
  latency: latencyBench,
  pickup: pickupBench,
  pipeline: pipelineBench,
  search: searchBench,
  start: startBench,
};

const USAGE = `npm run bench -- <${Object.keys(BENCHES).join(' | ')}> [options]
  attachment  one application with an attachment of 500 MiB (--size), end to end; watches the hub's memory
  bloat       the pipeline among 400,000 dead tuples beside a long open transaction, and in a clean database
  catalogue   XZuFi, 50,000 objects (--size): parsed beside xmllint, imported beside a raw COPY, imported again, searched (cases parse, import,
              search); --case growth: 10,000 and 1,000,000 objects imported, which takes minutes and 2 GB
  intake      durable accepted webhooks per second, cases 3kB, 50kB, 1MB; beside a bare INSERT, pgbench, Node-RED, n8n
  latency     from the webhook to the first attempt at the target, idle hub; 60 samples a round (--size)
  pickup      polls of a queue on which 1,000 and 1,000,000 (--size) applications wait
  pipeline    applications per second from webhook to acknowledged export with filing, 500 a round (--size), beside the bus alone
  search      what operators look up, with 10,000 and 1,000,000 (--size) applications
  start       from starting the process to ready

  --rounds N    how often each contender is measured, in turns
  --seconds N   how long one measurement takes
  --case NAME   measures only this case; may be given several times
  --size N      size of what is measured, in the bench's own unit
  --with-n8n    intake: n8n too; its installation is not built yet, so its aim counts as not measured
  --json        the last line is one JSON object`;

const undoing = new Undoing();
const stopping = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => stopping.abort());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs one bench, prints its table. @returns the exit code and the line for machines. */
async function main(): Promise<{ code: number; lastLine?: string }> {
  const { name, json, ...wish } = wishOf();
  const bench = BENCHES[name];
  if (bench === undefined) throw new LaunchError(USAGE);
  const databaseUrl = process.env['DATABASE_URL'] === '' ? undefined : process.env['DATABASE_URL'];
  const { rows, aims } = await bench({ databaseUrl, ...wish, say, signal: stopping.signal }, undoing);
  say(`\n${tableOf(rows)}\n`);
  for (const aim of aims) say(sentenceOfAim(aim));
  const code = aims.every(({ ok }) => ok) ? 0 : 1;
  return json ? { code, lastLine: JSON.stringify({ bench: name, rows, aims }) } : { code };
}

function sentenceOfAim({ ok, name, value, aim, notMeasured }: Aim): string {
  return notMeasured === true ? `UNKNOWN ${name}: not measured, aim ${aim}` : `${ok ? 'within ' : 'MISSED '} ${name}: ${value}, aim ${aim}`;
}

type Wanted = Pick<BenchWish, 'size' | 'rounds' | 'seconds' | 'cases' | 'withN8n'> & { readonly name: string; readonly json: boolean };

function wishOf(): Wanted {
  const number = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: flag, 'with-n8n': flag, size: number, rounds: number, seconds: number, case: { type: 'string', multiple: true } },
    });
    return {
      name: positionals[0] ?? '',
      size: numberIn('size', values.size),
      rounds: numberIn('rounds', values.rounds),
      seconds: numberIn('seconds', values.seconds),
      cases: values.case,
      withN8n: values['with-n8n'],
      json: values.json,
    };
  } catch (error) {
    throw new LaunchError(`${error instanceof Error ? error.message : ''}\n${USAGE}`);
  }
}

function numberIn(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${option} expects a number above 0`);
  return value;
}

let code = 1;
let lastLine: string | undefined;
try {
  ({ code, lastLine } = await main());
} catch (error) {
  if (!stopping.signal.aborted) process.stderr.write(`${sentenceOf(error)}\n`);
}
for (const failure of await undoing.undo()) process.stderr.write(`Not ended in order: ${failure}\n`);
if (lastLine !== undefined) say(lastLine);
process.exit(code);
