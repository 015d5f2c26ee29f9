// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { SAMPLE_LABELS, SAMPLE_MAPPING } from '@amtsbote/adapters/forms-webhook/simulator';

import { freePort } from '../../free-port.js';
import { HubProcess } from '../../launch/hub-process.js';
import type { Undoing } from '../../launch/undoing.js';
import type { Stage } from './stage.js';

/** The municipality all benches play in. */
export const TENANT = '057110000000';
/** The pickup queue of the bench's hub. */
export const QUEUE = 'register';

/** What a hub is started for. */
export interface BenchHubWish {
  readonly roles: readonly string[];
  /** Where status reports go; absent = nobody listens. */
  readonly portalUrl?: string;
  readonly route: keyof typeof ROUTES;
  /** An existing database; default a new one. */
  readonly databaseUrl?: string;
  /** More of the configuration. */
  readonly more?: Readonly<Record<string, unknown>>;
}

/** What proves whom; made up for each run. */
export interface BenchSecrets {
  readonly webhook: string;
  readonly forms: string;
  readonly pickup: string;
  readonly ops: string;
}

/** A real hub process with its own database, blobs and configuration. */
export interface BenchHub {
  readonly process: HubProcess;
  readonly port: number;
  readonly databaseUrl: string;
  readonly secrets: BenchSecrets;
}

/** The discard port: refuses. */
const NOBODY = 'http://127.0.0.1:9/';

const ROUTES = {
  /** One report to the portal by HTTP: webhook in, database, call out. */
  report: { reportTo: 'portal', steps: [{ name: 'hand-over', kind: 'pickup', queue: QUEUE }] },
  /** Nothing leaves the hub by itself: offered to a Fachverfahren. */
  offer: { steps: [{ name: 'hand-over', kind: 'pickup', queue: QUEUE }] },
  /** Filed in a DMS, then exported; both in the hub's memory, so that the hub is measured and not the other side. */
  deliver: {
    completesBy: 'steps',
    steps: [
      { name: 'file', kind: 'filing', instance: 'archive' },
      { name: 'export', kind: 'export', instance: 'box', after: ['file'] },
    ],
  },
} as const;

/** Prepares a hub; it is running and ready when this returns. */
export async function startBenchHub(stage: Stage, name: string, wish: BenchHubWish, undoing: Undoing): Promise<BenchHub> {
  const hub = await prepareBenchHub(stage, name, wish);
  const process = await hub.start();
  undoing.add(`hub ${name}`, () => process.stop());
  await process.untilReady(new AbortController().signal);
  return { ...hub, process };
}

/** A hub that can be started, as often as wanted. */
export async function prepareBenchHub(
  stage: Stage,
  name: string,
  wish: BenchHubWish,
): Promise<Omit<BenchHub, 'process'> & { start(): Promise<HubProcess> }> {
  const directory = await stage.place(name);
  const port = await freePort();
  const databaseUrl = wish.databaseUrl ?? (await stage.database(name));
  const secrets = makeSecrets();
  const blobs = join(directory, 'blobs');
  await mkdir(blobs, { recursive: true, mode: 0o700 });
  const configFile = join(directory, 'hub.yaml');
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(configOf(wish, { port, databaseUrl, blobs, secrets }), null, 2), { mode: 0o600 });
  const url = `http://127.0.0.1:${port}`;
  const start = (): Promise<HubProcess> =>
    HubProcess.start({ url, environment: {}, logFile: join(directory, 'hub.log'), configFile, roles: wish.roles });
  return { port, databaseUrl, secrets, start };
}

interface Where {
  readonly port: number;
  readonly databaseUrl: string;
  readonly blobs: string;
  readonly secrets: BenchSecrets;
}

function configOf({ roles, portalUrl = NOBODY, route, more = {} }: BenchHubWish, { port, databaseUrl, blobs, secrets }: Where): object {
  const quick = { concurrency: 64 };
  return {
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { host: '127.0.0.1', port },
    roles,
    logLevel: 'warn',
    database: { url: databaseUrl },
    blobs: { directory: blobs },
    receiptSecret: randomBytes(32).toString('base64url'),
    tenants: { [TENANT]: { name: 'Stadt Musterstadt' } },
    endpoints: {
      webhook: {
        adapter: 'forms-webhook',
        tenant: TENANT,
        // A signature as old as the bench takes stays good.
        options: { secrets: [secrets.webhook], mapping: SAMPLE_MAPPING, labels: SAMPLE_LABELS },
      },
      forms: {
        adapter: 'forms-ozg-cloud',
        tenant: TENANT,
        options: { auth: { kind: 'bearer', token: secrets.forms }, leikaByForm: { Gewerbeanmeldung: ['99050012104000'] } },
      },
    },
    instances: {
      portal: {
        adapter: 'status-webhook',
        ...quick,
        options: { url: portalUrl, secrets: [`whsec_${randomBytes(32).toString('base64')}`] },
      },
      archive: { adapter: 'dms-memory', ...quick, options: { akte: '"Bench " + application.tenant' } },
      box: { adapter: 'export-memory', ...quick, options: { box: 'bench' } },
    },
    queues: { [QUEUE]: { tenant: TENANT, leaseMs: 600_000, credentials: [{ name: 'fachverfahren', token: secrets.pickup }] } },
    routes: [{ name: 'bench', match: {}, ...ROUTES[route] }],
    ops: { credentials: [{ name: 'bench', token: secrets.ops }] },
    ...more,
  };
}

function makeSecrets(): BenchSecrets {
  const token = (): string => randomBytes(24).toString('base64url');
  return { webhook: `whsec_${randomBytes(32).toString('base64')}`, forms: token(), pickup: token(), ops: token() };
}
