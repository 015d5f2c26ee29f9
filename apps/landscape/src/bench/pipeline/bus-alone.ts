// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Undoing } from '../../launch/undoing.js';
import type { BusJob } from './bus-alone-server.js';

/** The bus without a hub, in a process of its own with a database of its own. */
export class BusAlone {
  private constructor(private readonly child: ChildProcess) {}

  static async start(databaseUrl: string, undoing: Undoing): Promise<BusAlone> {
    const program = fileURLToPath(new URL('./bus-alone-server.js', import.meta.url));
    const child = spawn(process.execPath, [program, databaseUrl], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    undoing.add('bus alone', async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    });
    await answerOf(child);
    return new BusAlone(child);
  }

  /** Publishes and carries. @returns seconds until the last one was handled. */
  async carry(job: BusJob): Promise<number> {
    const answer = answerOf(this.child);
    this.child.send(job);
    return Number(await answer);
  }
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`the bus alone ended with ${code}`));
    child.once('exit', onExit);
    child.once('message', (message) => {
      child.off('exit', onExit);
      resolve(message);
    });
  });
}
