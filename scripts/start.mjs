// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled, nodeBinary, toolEnvironment } from './install.mjs';
import { endPrograms, isStarted, ROOT, runMain } from './lib/house.mjs';

const LAUNCHER = 'dist/apps/landscape/src/start.js';

/**
 * Starts the town on this laptop with the Node of the product (apps/landscape/src/start.ts), after installing and building what is missing.
 * @returns {Promise<number>} the launcher's exit code.
 */
export async function startTown(argv) {
  // Installing takes long enough for a change of mind.
  const giveUp = () => {
    endPrograms();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, giveUp);
  await ensureInstalled();
  await ensureBuilt();
  for (const signal of SIGNALS) process.off(signal, giveUp);
  return launch(argv);
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

function launch(argv) {
  // The channel tells the launcher when this process is gone, even if it was killed.
  const launcher = spawn(nodeBinary(), [LAUNCHER, ...argv], {
    cwd: ROOT,
    env: toolEnvironment(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // It ends things in order; this process waits for it.
  for (const signal of SIGNALS) process.on(signal, () => launcher.kill(signal));
  const watch = whenNpmIsGone(() => launcher.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    launcher.on('error', reject);
    launcher.on('exit', (code) => {
      clearInterval(watch);
      resolve(code ?? 1);
    });
  });
}

/** An npm that was killed passes no signal on: nobody could stop the town any more. */
function whenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const npm = process.ppid;
  return setInterval(() => process.ppid !== npm && stop(), 500);
}

if (isStarted(import.meta.url)) await runMain(startTown);
