// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';

import { ensureBuilt } from '../build.mjs';
import { ensureInstalled, nodeBinary, toolEnvironment } from '../install.mjs';
import { endPrograms, ROOT } from './house.mjs';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Installs and builds what is missing, then runs a compiled program with the product's own Node and passes signals on to it.
 * @param {string} program below dist, for example `apps/landscape/src/start.js`.
 * @param {string[]} argv
 * @param {{ watch?: boolean }} options `watch` goes on compiling on every change.
 * @returns {Promise<number>} the program's exit code.
 */
export async function launch(program, argv, { watch = false } = {}) {
  // Installing takes long enough for a change of mind.
  const giveUp = () => {
    endPrograms();
    process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, giveUp);
  await ensureInstalled();
  await ensureBuilt();
  for (const signal of SIGNALS) process.off(signal, giveUp);
  const compiler = watch ? await ensureBuilt({ watch }) : undefined;
  // The channel tells the program when this process is gone, even if it was killed.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(nodeBinary(), [`dist/${program}`, ...argv], { cwd: ROOT, env: toolEnvironment(), stdio });
  // It ends things in order; this process waits for it.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const npmWatch = whenNpmIsGone(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => {
      clearInterval(npmWatch);
      compiler?.kill();
      resolve(code ?? 1);
    });
  });
}

/** An npm that was killed passes no signal on: nobody could stop the program any more. */
function whenNpmIsGone(stop) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const npm = process.ppid;
  return setInterval(() => process.ppid !== npm && stop(), 500);
}
