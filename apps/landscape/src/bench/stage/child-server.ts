// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { LaunchError } from '../../launch/problem.js';
import type { Undoing } from '../../launch/undoing.js';

const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;
const LAST_WORDS = 2_000;

/** Another server that is measured: a process of its own, ended with the bench. */
export interface ServerWish {
  readonly name: string;
  readonly program: string;
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Answers anything below 500 as soon as the server is ready. */
  readonly readyUrl: string;
}

/** @throws LaunchError with the server's last words when it does not become ready. */
export async function startServer(wish: ServerWish, undoing: Undoing): Promise<ChildProcess> {
  const child = spawn(wish.program, wish.argv, {
    cwd: wish.directory,
    env: { ...process.env, ...wish.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-LAST_WORDS);
    });
  }
  undoing.add(wish.name, () => stop(child));
  const failed = once(child, 'error').then(([error]) => Promise.reject(error as Error));
  await Promise.race([once(child, 'spawn'), failed]);
  const tooLate = Date.now() + READY_MS_MAX;
  while (!(await isReady(wish.readyUrl))) {
    if (child.exitCode !== null || Date.now() > tooLate) throw new LaunchError(`${wish.name} did not start: ${said.trim()}`);
    await sleep(100);
  }
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  await ended;
  clearTimeout(patience);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}
