// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { RunView } from '@amtsbote/ops-api';

import { freePort } from '../../free-port.js';
import { HubProcess } from '../../launch/hub-process.js';
import { MemoryMeter } from '../memory-meter.js';

const POLL_MS = 25;
const TENANT = '057110000000';

/** What one run took. */
export interface RunTime {
  readonly run: RunView;
  readonly seconds: number;
  /** Highest resident memory of the hub's process meanwhile. */
  readonly peakMib: number;
}

/** A hub in a process of its own whose only job is a catalogue, read from one file. */
export class CatalogueHub {
  private readonly meter: MemoryMeter;

  private constructor(
    private readonly hub: HubProcess,
    private readonly token: string,
  ) {
    this.meter = new MemoryMeter(hub.pid);
  }

  /** @param file the source; may be written again between two runs. */
  static async start(
    { directory, databaseUrl, file }: { directory: string; databaseUrl: string; file: string },
    signal: AbortSignal,
  ): Promise<CatalogueHub> {
    const port = await freePort(0);
    const url = `http://127.0.0.1:${port}`;
    const token = randomBytes(24).toString('base64url');
    const configFile = join(directory, 'catalogue.yaml');
    await writeFile(configFile, CONFIG);
    const environment = {
      ...{ HUB_URL: url, HUB_PORT: String(port), HUB_BLOBS: join(directory, 'blobs'), DATABASE_URL: databaseUrl },
      ...{ HUB_RECEIPT_SECRET: randomBytes(32).toString('hex'), HUB_OPS_TOKEN: token, CATALOGUE_FILE: file },
    };
    const hub = await HubProcess.start({ url, environment, logFile: join(directory, 'catalogue-hub.log'), configFile });
    await hub.untilReady(signal);
    return new CatalogueHub(hub, token);
  }

  /** Reads the source from the beginning and waits until it is applied. @throws Error when it is not. */
  async read(signal: AbortSignal): Promise<RunTime> {
    const from = Date.now();
    const started = performance.now();
    let run = await this.ask<RunView>('/ops/catalogue/sources/bench/runs', { method: 'POST', body: JSON.stringify({ full: true }) });
    while (['requested', 'reading', 'comparing', 'applying'].includes(run.state)) {
      await sleep(POLL_MS, undefined, { signal });
      run = await this.ask<RunView>(`/ops/catalogue/runs/${run.id}`);
    }
    const seconds = (performance.now() - started) / 1_000;
    if (run.state !== 'applied') throw new Error(`the run ended as ${run.state}: ${run.failure?.code ?? ''} ${run.failure?.message ?? ''}`);
    return { run, seconds, peakMib: this.meter.peak(from, Date.now()) };
  }

  /** Milliseconds that one question to the catalogue takes. @throws Error when it is not answered. */
  async time(path: string): Promise<number> {
    const started = performance.now();
    await this.ask(path);
    return performance.now() - started;
  }

  async stop(): Promise<void> {
    this.meter.stop();
    await this.hub.stop();
  }

  private async ask<Answer>(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const answer = await fetch(this.hub.url + path, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return (await answer.json()) as Answer;
  }
}

const CONFIG = `
publicUrl: \${env:HUB_URL}
listen: { host: 127.0.0.1, port: '\${env:HUB_PORT}' }
logLevel: warn
database: { url: '\${env:DATABASE_URL}' }
blobs: { directory: '\${env:HUB_BLOBS}' }
receiptSecret: \${env:HUB_RECEIPT_SECRET}
sweepMs: 100
tenants: { '${TENANT}': { name: Stadt Musterstadt } }
instances:
  katalog: { adapter: catalogue-xzufi, options: { source: { type: file, path: '\${env:CATALOGUE_FILE}' } } }
endpoints: {}
catalogue: { sources: { bench: { instance: katalog, tenants: ['${TENANT}'] } } }
ops: { credentials: [{ name: bench, token: '\${env:HUB_OPS_TOKEN}' }] }
`;
