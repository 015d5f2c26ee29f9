// SPDX-License-Identifier: EUPL-1.2
import { parseArgs } from 'node:util';

import { LaunchError, sentenceOf } from '../launch/problem.js';
import { Undoing } from '../launch/undoing.js';
import { attachmentBench } from './attachment.js';
import { type BenchResult, type BenchWish, tableOf } from './bench.js';
import { catalogueBench } from './catalogue/catalogue.js';

/** Every bench there is: name → measurement. */
const BENCHES: Readonly<Record<string, (wish: BenchWish, undoing: Undoing) => Promise<BenchResult>>> = {
  attachment: attachmentBench,
  catalogue: catalogueBench,
};

const USAGE = `npm run bench -- <${Object.keys(BENCHES).join(' | ')}> [--size <n>] [--rounds <n>] [--json]
  attachment  one application with an attachment of 500 MiB (--size), end to end; watches the hub's memory
  catalogue   XZuFi, 50,000 objects (--size): parsed beside xmllint, imported beside a raw COPY, imported again, searched
  --rounds    how often each contender is measured, in turns
  --json      the last line is one JSON object`;

const undoing = new Undoing();
const stopping = new AbortController();
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => stopping.abort());
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs one bench, prints its table. @returns the exit code and the line for machines. */
async function main(): Promise<{ code: number; lastLine?: string }> {
  const { name, size, rounds, json } = wishOf();
  const bench = BENCHES[name];
  if (bench === undefined) throw new LaunchError(USAGE);
  const databaseUrl = process.env['DATABASE_URL'] === '' ? undefined : process.env['DATABASE_URL'];
  const { rows, aims } = await bench({ databaseUrl, size, rounds, say, signal: stopping.signal }, undoing);
  say(`\n${tableOf(rows)}\n`);
  for (const { ok, name: figure, value, aim } of aims) say(`${ok ? 'within ' : 'MISSED '} ${figure}: ${value}, aim ${aim}`);
  const code = aims.every(({ ok }) => ok) ? 0 : 1;
  return json ? { code, lastLine: JSON.stringify({ bench: name, rows, aims }) } : { code };
}

function wishOf(): { name: string; size: number | undefined; rounds: number | undefined; json: boolean } {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { json: { type: 'boolean' }, size: { type: 'string' }, rounds: { type: 'string' } },
    });
    const [size, rounds] = [numberIn('size', values.size), numberIn('rounds', values.rounds)];
    return { name: positionals[0] ?? '', size, rounds, json: values.json === true };
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
