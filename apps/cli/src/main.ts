#!/usr/bin/env node
// SPDX-License-Identifier: EUPL-1.2
import { processEnvironment, systemClock } from '@amtsbote/platform';

import { run } from './program.js';

// Whoever reads on (`| head`) may have seen enough: that is the end, and no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await run(process.argv.slice(2), {
  environment: processEnvironment(),
  now: () => systemClock.now(),
  out: (text) => void process.stdout.write(`${text}\n`),
  error: (text) => void process.stderr.write(`${text}\n`),
  sleep: (ms) => systemClock.sleep(ms),
  // On the error output, so that what is piped on stays what was asked for.
  showProgress: process.stderr.isTTY ? (line) => void process.stderr.write(`\r\u001B[2K${line}`) : undefined,
});
