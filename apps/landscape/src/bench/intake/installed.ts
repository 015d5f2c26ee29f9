// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Stage } from '../stage/stage.js';

const run = promisify(execFile);
const INSTALL_MS_MAX = 15 * 60_000;
const OUTPUT_BYTES_MAX = 16 * 1024 * 1024;

/** What is needed to bring up somebody else's product. */
export interface ForeignWish {
  readonly stage: Stage;
  /** Where its flow's outgoing call goes. */
  readonly callUrl: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Installs packages, exact versions, into a temporary folder: what the project is compared with it does not depend on. None of their install
 * scripts runs.
 * @returns the folder; `undefined`, after saying so, when npm could not do it.
 */
export async function installed(name: string, packages: readonly string[], wish: ForeignWish): Promise<string | undefined> {
  const { stage, say, signal } = wish;
  const directory = await stage.place(name);
  await writeFile(join(directory, 'package.json'), JSON.stringify({ name: `bench-${name}`, private: true }));
  say(`Installing ${packages.join(', ')} into a temporary folder …`);
  try {
    const argv = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', '--fetch-retries=1', ...packages];
    await run('npm', argv, { cwd: directory, signal, timeout: INSTALL_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX });
    return directory;
  } catch (error) {
    signal.throwIfAborted();
    say(`npm could not install ${name} (${reasonOf(error)}): it is not measured.`);
    return undefined;
  }
}

/** npm's own words, the first that name a code or a cause. */
function reasonOf(error: unknown): string {
  const { stderr, message } = Object(error) as { stderr?: string; message?: string };
  const line = (stderr ?? '').split('\n').find((text) => /^npm (?:error|ERR!) \S/.test(text));
  return (line ?? message ?? 'unknown').replace(/^npm (?:error|ERR!) /, '').slice(0, 200);
}
