// SPDX-License-Identifier: EUPL-1.2
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { freePort } from '../free-port.js';
import { TownMemory } from '../memory.js';
import { makeSecrets, type TownSecrets } from '../secrets.js';
import { Town, type TownPorts } from '../town.js';
import { provideDatabase } from './database.js';
import { TownDeliveryService } from './delivery-service.js';
import { HubBooks } from './hub-books.js';
import { HubProcess } from './hub-process.js';
import { keepSecrets } from './kept-secrets.js';
import type { Places } from './places.js';
import type { Undoing } from './undoing.js';

/** What a launch is asked for. */
export interface LaunchWish {
  readonly places: Places;
  /** A PostgreSQL of the person's own; absent = the embedded one. */
  readonly databaseUrl: string | undefined;
  /** Everything is thrown away at the end: secrets, data, ports are made up. */
  readonly temporary: boolean;
  readonly port: number;
  /** Whether FIT-Connect's delivery service stands beside the town. */
  readonly fitConnect?: boolean;
  readonly say: (line: string) => void;
  /** Aborted when the person has seen enough. */
  readonly signal: AbortSignal;
}

/** A running town with its hub in a process of its own. */
export interface LaunchedTown {
  readonly town: Town;
  readonly hub: HubProcess;
  readonly books: HubBooks;
  readonly startedAt: Date;
  readonly deliveryService: TownDeliveryService | undefined;
}

/**
 * Starts database, simulated town, hub and Fachverfahren, in this order. Whatever has been started is in `undoing`, also when this throws:
 * between two parts it looks whether it is still wanted.
 * @throws LaunchError, EmbeddedPostgresError, or the signal's reason.
 */
export async function launchTown(wish: LaunchWish, undoing: Undoing): Promise<LaunchedTown> {
  const { places, signal, say } = wish;
  const secrets = wish.temporary ? makeSecrets() : await keepSecrets(secretsFile(places));
  const database = { url: wish.databaseUrl, directory: places.postgres, temporary: wish.temporary, say };
  const databaseUrl = await provideDatabase(database, undoing);
  signal.throwIfAborted();

  const town = await startTown(wish, secrets);
  undoing.add('simulated town', () => town.stop());
  signal.throwIfAborted();

  const deliveryService = wish.fitConnect === true ? await TownDeliveryService.start(places.desk) : undefined;
  if (deliveryService !== undefined) undoing.add('delivery service', () => deliveryService.stop());

  const startedAt = new Date();
  const hub = await startHub(wish, { ...town.environment(), DATABASE_URL: databaseUrl }, deliveryService?.configFile);
  undoing.add('hub', () => hub.stop());
  await hub.untilReady(signal);
  town.openOffice(hub.url);
  deliveryService?.callAt(hub.url);
  await town.catchUp();

  const books = new HubBooks(databaseUrl);
  undoing.add('reading connection', () => books.close());
  return { town, hub, books, startedAt, deliveryService };
}

/** Where the secrets of an installation are kept. */
export function secretsFile({ desk }: Places): string {
  return `${desk}/secrets.json`;
}

/** A town that stays remembers: its books, and its addresses, which stand in links that were given out. */
async function startTown({ places, temporary }: LaunchWish, secrets: TownSecrets): Promise<Town> {
  if (temporary) return Town.start({ secrets });
  const file = join(places.town, 'ports.json');
  const ports = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Partial<TownPorts>)
    .catch(() => ({}));
  const town = await Town.start({ secrets, ports, memory: new TownMemory(join(places.town, 'books.jsonl')) });
  await writeFile(file, JSON.stringify(town.ports));
  return town;
}

async function startHub({ places, port, say }: LaunchWish, environment: Record<string, string>, configFile?: string): Promise<HubProcess> {
  const free = await freePort(port);
  if (port !== 0 && free !== port) say(`Port ${port} is in use by another program: the hub takes ${free}.`);
  const url = `http://127.0.0.1:${free}`;
  await mkdir(places.blobs, { recursive: true, mode: 0o700 });
  return HubProcess.start({
    url,
    logFile: places.hubLog,
    ...(configFile === undefined ? {} : { configFile }),
    environment: { HUB_LOG_LEVEL: 'info', ...environment, HUB_URL: url, HUB_PORT: String(free), HUB_BLOBS: places.blobs },
  });
}
