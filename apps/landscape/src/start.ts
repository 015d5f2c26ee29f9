// SPDX-License-Identifier: EUPL-1.2
import { parseArgs } from 'node:util';

import { demo } from './demo.js';
import { LaunchError, sentenceOf } from './launch/problem.js';
import { Undoing } from './launch/undoing.js';
import { once } from './once.js';

const USAGE = `npm start -- [--once] [--samples <n>] [--port <n>] [--limit <s>] [--watch] [--fit-connect]
  --once     start everything on temporary data, send applications, wait for all to arrive, remove everything; the last line is JSON
  --samples  applications to send (default 5)
  --port     preferred port of the hub (default 8480; not with --once)
  --limit    seconds that --once may take (default 120)
  --watch    restarts the hub whenever it has been compiled anew (npm run dev)
  --fit-connect  a simulated delivery service of FIT-Connect beside the town (not with --once)`;

/** Starts a town with its hub; started by scripts/start.mjs in the project's root. */
async function main(undoing: Undoing, signal: AbortSignal): Promise<{ code: number; lastLine?: string }> {
  const { values } = parseOptions();
  const samples = numberOf('samples', values.samples, 0, 10_000);
  const databaseUrl = process.env['DATABASE_URL'] === '' ? undefined : process.env['DATABASE_URL'];
  if (values.once !== true) {
    await demo(
      {
        databaseUrl,
        port: numberOf('port', values.port, 0, 65_535),
        samples,
        watch: values.watch === true,
        fitConnect: values['fit-connect'] === true,
        signal,
      },
      undoing,
    );
    return { code: 0 };
  }
  const result = await once({ databaseUrl, samples, limitS: numberOf('limit', values.limit, 1, 86_400), signal }, undoing);
  for (const finding of result.findings) process.stdout.write(`  ${finding}\n`);
  if (result.ok) process.stdout.write('Every application arrived everywhere, once.\n');
  return { code: result.ok ? 0 : 1, lastLine: result.summary };
}

function parseOptions(): {
  values: { once?: boolean; watch?: boolean; 'fit-connect'?: boolean; samples: string; port: string; limit: string };
} {
  try {
    return parseArgs({
      options: {
        once: { type: 'boolean' },
        watch: { type: 'boolean' },
        'fit-connect': { type: 'boolean' },
        samples: { type: 'string', default: '5' },
        port: { type: 'string', default: '8480' },
        limit: { type: 'string', default: '120' },
      },
    });
  } catch (error) {
    throw new LaunchError(`${error instanceof Error ? error.message : ''}\n${USAGE}`);
  }
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new LaunchError(`--${name} expects a whole number from ${min} to ${max}.\n${USAGE}`);
}

const undoing = new Undoing();
const stopping = new AbortController();
// `disconnect`: scripts/start.mjs is gone.
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) process.on(event, () => stopping.abort());
let code = 0;
let lastLine: string | undefined;
try {
  ({ code, lastLine } = await main(undoing, stopping.signal));
} catch (error) {
  const isStopped = stopping.signal.aborted;
  if (!isStopped) process.stderr.write(`${sentenceOf(error)}\n`);
  // Stopping the demo is how it ends; a run of --once that is stopped has not shown anything.
  code = !isStopped ? 1 : process.argv.includes('--once') ? 130 : 0;
}
if (stopping.signal.aborted) process.stdout.write('\nStopping …\n');
for (const failure of await undoing.undo()) {
  process.stderr.write(`Not ended in order: ${failure}\n`);
  code = 1;
}
if (stopping.signal.aborted) process.stdout.write('Stopped.\n');
if (lastLine !== undefined) process.stdout.write(`${lastLine}\n`);
process.exit(code);
