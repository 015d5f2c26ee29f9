// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type OzgCloudSender, ozgCloudSender } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import type { Clock } from '@amtsbote/canonical';

import { ADAPTERS } from '../../../apps/hub/src/adapters.generated.js';
import { type RunningHub, startHub } from '../../../apps/hub/src/start-hub.js';
import { freePort } from '../../../apps/landscape/src/free-port.js';
import { Town, type TownHabits } from '../../../apps/landscape/src/town.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { impatientConfig } from './impatient-config.js';

/** A town without a hub: the systems around it, a database of its own, and the environment a hub needs. */
export interface PreparedTown {
  readonly town: Town;
  readonly environment: Readonly<Record<string, string>>;
  /** Configuration for hubs that get killed, see {@link impatientConfig}. */
  readonly impatientConfig: string;
  /** A form server that sends to a hub at this address. */
  formServerFor(hubUrl: string): OzgCloudSender;
  stop(): Promise<void>;
}

/** A town with its hub in this process; everything a journey needs. */
export interface RunningTown extends PreparedTown {
  readonly hub: RunningHub;
  readonly formServer: OzgCloudSender;
  /** Starts another hub on the same database, in this process. */
  startHub(more?: Readonly<Record<string, string>>): Promise<RunningHub>;
}

/** How a journey's town differs from the demo. */
export interface TownWishes {
  readonly habits?: Partial<TownHabits>;
  readonly clock?: Clock;
  readonly configFile?: string;
  /** Whether the Fachverfahren polls from the start. Default true. */
  readonly officeOpen?: boolean;
  /** The hub's database; default one of its own on the tests' embedded server. */
  readonly database?: TestDatabase;
  /** For the hub, beside what the town itself gives. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts the systems around the hub. */
export async function prepareTown({
  habits,
  database: wanted,
  environment = {},
}: Pick<TownWishes, 'habits' | 'database' | 'environment'> = {}): Promise<PreparedTown> {
  const directory = await mkdtemp(join(tmpdir(), 'amtsbote-journey-'));
  const database: TestDatabase = wanted ?? (await createTestDatabase());
  const town = await Town.start(habits === undefined ? {} : { habits });
  return {
    town,
    environment: {
      ...town.environment(),
      DATABASE_URL: database.url,
      ...(await address()),
      HUB_BLOBS: join(directory, 'blobs'),
      HUB_LOG_LEVEL: process.env['JOURNEY_LOG'] ?? 'silent',
      ...environment,
    },
    impatientConfig: await impatientConfig(directory),
    formServerFor: (hubUrl) =>
      ozgCloudSender({ url: `${hubUrl}/intake/gewerbe`, auth: { kind: 'bearer', token: town.secrets.TOWN_FORMS_TOKEN } }),
    stop: async () => {
      await town.stop();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Starts town and hub with the very configuration of the demo. */
export async function startTown(wishes: TownWishes = {}): Promise<RunningTown> {
  const prepared = await prepareTown(wishes);
  const { town, environment } = prepared;
  const start = (more: Readonly<Record<string, string>> = {}): Promise<RunningHub> =>
    startHub({
      configFile: wishes.configFile ?? 'config/demo.yaml',
      environment: { ...environment, ...more },
      adapters: ADAPTERS,
      ...(wishes.clock === undefined ? {} : { clock: wishes.clock }),
    });
  const hub = await start();
  if (wishes.officeOpen ?? true) town.openOffice(hub.url);
  return {
    ...prepared,
    hub,
    formServer: prepared.formServerFor(hub.url),
    startHub: start,
    stop: async () => {
      await town.fachverfahren?.stop();
      await hub.stop();
      await prepared.stop();
    },
  };
}

/** A free address for a hub, as environment of the demo's configuration. */
export async function address(): Promise<{ HUB_URL: string; HUB_PORT: string }> {
  const port = await freePort();
  return { HUB_URL: `http://127.0.0.1:${port}`, HUB_PORT: String(port) };
}
