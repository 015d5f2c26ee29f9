// SPDX-License-Identifier: EUPL-1.2
import { HttpConnection } from './http-client.js';
import type { LoadJob, LoadReport } from './load-job.js';
import { requestMaker } from './request-maker.js';

/* Sends requests for others to measure, in a process of its own: one job after the other, as told over the channel. */

process.on('message', (job: LoadJob) => {
  void run(job).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit(0));

async function run({ port, connections, seconds, count = Number.POSITIVE_INFINITY, request }: LoadJob): Promise<LoadReport> {
  const make = requestMaker(request);
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  let begun = 0;
  const started = performance.now();
  const end = started + seconds * 1_000;
  const connection = async (): Promise<void> => {
    const client = new HttpConnection(port);
    while (performance.now() < end && begun < count) {
      begun += 1;
      const pieces = make();
      const sent = performance.now();
      const outcome = await client.send(pieces).catch((error: unknown) => String(error));
      if (typeof outcome === 'number' && outcome >= 200 && outcome < 300) latencies.push(performance.now() - sent);
      else {
        refused[outcome] = (refused[outcome] ?? 0) + 1;
        // Whoever refuses everything must not be asked a million times.
        if (Object.values(refused).reduce((sum, count) => sum + count, 0) > 100) break;
      }
    }
    client.close();
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const took = (performance.now() - started) / 1_000;
  latencies.sort((a, b) => a - b);
  const percentile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))] ?? 0;
  return { accepted: latencies.length, seconds: took, refused, p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99) };
}
