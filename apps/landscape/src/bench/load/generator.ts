// SPDX-License-Identifier: EUPL-1.2
import { createHmac, randomUUID } from 'node:crypto';

import { HttpConnection } from './http-client.js';
import type { LoadJob, LoadReport, LoadRequest } from './load-job.js';

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

async function run({ port, connections, seconds, request }: LoadJob): Promise<LoadReport> {
  const make = requestMaker(request);
  const latencies: number[] = [];
  const refused: Record<string, number> = {};
  const started = performance.now();
  const end = started + seconds * 1_000;
  const connection = async (): Promise<void> => {
    const client = new HttpConnection(port);
    while (performance.now() < end) {
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

/** Makes requests that differ in the id of the submission alone. */
function requestMaker({ path, headers, pieces, secret }: LoadRequest): () => Buffer[] {
  const fixed = pieces.map((piece) => Buffer.from(piece, 'base64'));
  const key = secret === undefined ? undefined : Buffer.from(secret.slice('whsec_'.length), 'base64');
  const common = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return () => {
    const id = Buffer.from(randomUUID());
    const body = fixed.flatMap((piece, index) => (index === 0 ? [piece] : [id, piece]));
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    const signed = key === undefined ? [] : signature(String(id), key, body);
    const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...common, `Content-Length: ${length}`, ...signed, '', ''].join('\r\n');
    return [Buffer.from(head), ...body];
  };
}

function signature(id: string, key: Buffer, body: readonly Buffer[]): string[] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`);
  for (const piece of body) mac.update(piece);
  return [`webhook-id: ${id}`, `webhook-timestamp: ${timestamp}`, `webhook-signature: v1,${mac.digest('base64')}`];
}
