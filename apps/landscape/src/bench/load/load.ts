// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Undoing } from '../../launch/undoing.js';
import type { Figures } from '../rounds.js';
import type { LoadJob, LoadReport } from './load-job.js';

/** The load generator, a process of its own. */
export class Load {
  private constructor(private readonly child: ChildProcess) {}

  static async start(undoing: Undoing): Promise<Load> {
    const program = fileURLToPath(new URL('./generator.js', import.meta.url));
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    await once(child, 'spawn');
    undoing.add('load generator', async () => {
      if (child.connected) child.disconnect();
    });
    return new Load(child);
  }

  /** @throws Error when anything but 2xx came back: who refuses is not fast. */
  async run(job: LoadJob): Promise<Figures> {
    const { child } = this;
    const report = await new Promise<LoadReport>((resolve, reject) => {
      const onExit = (code: number | null): void => reject(new Error(`the load generator ended with ${code}`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message as LoadReport);
      });
      child.send(job);
    });
    const refused = Object.entries(report.refused);
    if (refused.length > 0) {
      throw new Error(`not accepted: ${refused.map(([what, count]) => `${what} (${count}×)`).join(', ')}`);
    }
    const { accepted, seconds, p50, p95, p99 } = report;
    return { 'req/s': accepted / seconds, 'p50 ms': p50, 'p95 ms': p95, 'p99 ms': p99 };
  }
}
