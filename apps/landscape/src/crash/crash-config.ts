// SPDX-License-Identifier: EUPL-1.2
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

import { ROOT } from '../launch/places.js';

/** What takes messages from the outbox to their handlers. */
export type Carrier = 'postgres' | 'rabbitmq';
export const CARRIERS: readonly Carrier[] = ['postgres', 'rabbitmq'];

/** Times of a hub under fire, in milliseconds: the same proportions as in a town, a few seconds long. */
export const TIMES = { attempt: 3_000, lease: 4_000, busLease: 4_000, statement: 1_500, pickupLease: 4_000, answer: 1_500 } as const;

/** The little that is read and written of the demo's configuration. */
interface DemoConfig {
  [key: string]: unknown;
  tenants: Record<string, unknown>;
  instances: Record<string, Record<string, unknown> & { adapter: string; options: Record<string, unknown> }>;
  queues: Record<string, Record<string, unknown>>;
  routes: { steps: { name: string; after?: string[] }[] }[];
}

/** After the filing, beside the register's own step. */
const DROP_STEP = { name: 'drop', kind: 'export', instance: 'ablage', after: ['file'] } as const;

/** How adapters name the time they wait for an answer. */
const ANSWER_OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  'payment-xbezahldienste': { timeoutMs: TIMES.answer },
  'dms-nscale': { timeouts: { answerMs: TIMES.answer, uploadMs: TIMES.answer } },
  'status-webhook': { timeoutMs: TIMES.answer },
};

/**
 * Writes the demo's configuration with short leases, short pauses and one carrier: what a dead hub held is taken over after seconds, and a
 * target that is back is asked at once.
 * @returns the path of the file.
 */
export async function writeCrashConfig(directory: string, carrier: Carrier, drop: DropAddress): Promise<string> {
  const demo = parse(await readFile(join(ROOT, 'config/demo.yaml'), 'utf8')) as DemoConfig;
  const instances = Object.fromEntries(
    Object.entries({ ...demo.instances, ablage: dropInstance(drop) }).map(([name, instance]) => [
      name,
      {
        ...instance,
        attemptMs: TIMES.attempt,
        leaseMs: TIMES.lease,
        // Nothing is given up while a target is away: in a run of minutes everything has to arrive.
        retry: { firstMs: 200, maxMs: 2_000, giveUpAfterMs: 3_600_000, unexpectedMax: 20 },
        breaker: { failures: 5, openMs: 300, openMaxMs: 1_500 },
        options: { ...instance.options, ...ANSWER_OPTIONS[instance.adapter] },
      },
    ]),
  );
  const queues = Object.fromEntries(Object.entries(demo.queues).map(([name, queue]) => [name, { ...queue, leaseMs: TIMES.pickupLease }]));
  const config = {
    ...demo,
    database: { url: '${env:DATABASE_URL}', statementMs: TIMES.statement },
    bus: busOf(carrier),
    instances: { ...instances, katalog: { adapter: 'catalogue-memory', options: { objects: [] } } },
    queues,
    routes: demo.routes.map((route) => ({ ...route, steps: [...route.steps, DROP_STEP] })),
    // An editorial system pushes: runs of the catalogue have crash points, too.
    catalogue: {
      sources: {
        redaktion: {
          instance: 'katalog',
          tenants: Object.keys(demo.tenants),
          leaseMs: TIMES.lease,
          pushers: [{ name: 'redaktion', token: '${env:CRASH_PUSH_TOKEN}' }],
        },
      },
    },
  };
  const file = join(directory, `crash-${carrier}.yaml`);
  await writeFile(file, `# SPDX-License-Identifier: EUPL-1.2\n${stringify(config)}`);
  return file;
}

/** Where the SFTP server is reached, by way of its line. */
export interface DropAddress {
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  readonly directory: string;
}

/** Pushed to while the register polls: an application has both kinds of export. */
function dropInstance({ port, user, hostKey, directory }: DropAddress): DemoConfig['instances'][string] {
  const timeouts = { connectMs: TIMES.answer, answerMs: TIMES.answer };
  const options = {
    host: '127.0.0.1',
    port,
    username: user,
    password: '${env:CRASH_DROP_PASSWORD}',
    hostKeys: [hostKey],
    directory,
    timeouts,
  };
  return { adapter: 'export-file-drop', options };
}

/** All that differs between the carriers; the broker's address comes by way of its line. */
function busOf(carrier: Carrier): Record<string, unknown> {
  const common = { carrier, leaseMs: TIMES.busLease };
  return carrier === 'postgres'
    ? common
    : { ...common, rabbitmq: { url: '${env:RABBITMQ_URL}', resendMs: TIMES.busLease, heartbeatMs: 1_000, reconnectMaxMs: 1_000 } };
}
