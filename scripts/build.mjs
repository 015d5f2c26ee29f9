// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ensureInstalled, nodeBinary, toolEnvironment } from './install.mjs';
import { filesBelow, hashOfFiles, isStarted, ROOT, run, runMain, ScriptError } from './lib/house.mjs';
import { withLock } from './lib/lock.mjs';

const STAMP = join(ROOT, 'dist', '.build-stamp');
const CONSOLE = 'apps/console/tsconfig.json';
const NEST = 'node_modules/@nestjs/cli/bin/nest.js';
const TSC = 'node_modules/typescript/bin/tsc';

/**
 * Compiles apps and libs, and the console's browser code, into dist; does nothing when dist is up to date.
 * @param {{ watch?: boolean, quiet?: boolean }} options `watch` keeps compiling on every change, until the returned process is ended.
 * @returns {Promise<import('node:child_process').ChildProcess | undefined>} the watching process, if asked for.
 * @throws ScriptError with the compiler's messages.
 */
export async function ensureBuilt({ watch = false, quiet = false } = {}) {
  await withLock('build', async () => {
    const hash = sourcesHash();
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
    if (!quiet) console.log('Building …');
    rmSync(STAMP, { force: true });
    await compile([NEST, 'build']);
    if (existsSync(join(ROOT, CONSOLE))) await compile([TSC, '-p', CONSOLE]);
    mkdirSync(join(ROOT, 'dist'), { recursive: true });
    writeFileSync(STAMP, hash);
  });
  if (!watch) return undefined;
  // What the watcher writes, no stamp vouches for: the next build starts from the sources.
  rmSync(STAMP, { force: true });
  return spawn(nodeBinary(), [NEST, 'build', '--watch', '--preserveWatchOutput'], { cwd: ROOT, env: toolEnvironment(), stdio: 'inherit' });
}

async function compile(args) {
  const { code, output } = await run(nodeBinary(), args, { env: toolEnvironment() });
  if (code !== 0) throw new ScriptError(`${output.trim()}\nThe build failed, see above.`);
}

/** Everything the compiled result depends on; tests are not compiled. */
function sourcesHash() {
  const sources = [...filesBelow('apps'), ...filesBelow('libs')].filter((path) => /\.ts$|tsconfig.*\.json$/.test(path));
  const settings = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];
  return hashOfFiles([...settings, ...sources.filter((path) => !path.endsWith('.spec.ts'))]);
}

if (isStarted(import.meta.url)) {
  await runMain(async () => {
    await ensureInstalled();
    await ensureBuilt();
  });
}
