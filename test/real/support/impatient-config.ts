// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

const LEASE_MS = 6_000;

interface DemoConfig extends ConfigChanges {
  database: object;
  instances: Record<string, object>;
  queues: Record<string, object>;
}

/** What a test may want otherwise. */
export interface ConfigChanges {
  bus?: { readonly rabbitmq?: object; readonly [key: string]: unknown };
  roles?: string[];
}

/**
 * The demo's configuration with short leases: what was under way when the database went away comes back after its lease, and no test should
 * wait for the two minutes of the default.
 */
export async function impatientConfig({ bus, ...more }: ConfigChanges = {}): Promise<string> {
  const config = parse(await readFile('config/demo.yaml', 'utf8')) as DemoConfig;
  Object.assign(config.database, { statementMs: LEASE_MS - 1_000 });
  Object.assign(config, more, { bus: { ...config.bus, leaseMs: LEASE_MS, ...bus } });
  for (const instance of Object.values(config.instances)) Object.assign(instance, { attemptMs: LEASE_MS - 1_000, leaseMs: LEASE_MS });
  for (const queue of Object.values(config.queues)) Object.assign(queue, { leaseMs: LEASE_MS });
  const file = join(await mkdtemp(join(tmpdir(), 'amtsbote-config-')), 'hub.yaml');
  await writeFile(file, stringify(config));
  return file;
}
