// SPDX-License-Identifier: EUPL-1.2
import { hostname } from 'node:os';

import type { Adapter } from '@amtsbote/adapter-kit';
import { Waker } from '@amtsbote/bus';
import type { Clock, Randomness } from '@amtsbote/canonical';
import { armCrash, crashPlanOf, Log, type LogDestination, systemClock, systemRandomness, uuidV7 } from '@amtsbote/platform';
import { FileBlobStore, openDatabase } from '@amtsbote/store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

import { CatalogueWorker } from './catalogue/runs/catalogue-worker.js';
import { loadHubConfig } from './config/load-hub-config.js';
import { Gates } from './delivery/gates.js';
import { Runner } from './delivery/runner.js';
import { StepWorkers } from './delivery/step-workers.js';
import { Sweeper } from './delivery/sweeper.js';
import { carrierOf } from './house/carrier.js';
import { Lifecycle } from './house/lifecycle.js';
import { NestLog } from './house/nest-log.js';
import type { House } from './house/tokens.js';
import { WakeListener } from './house/wake-listener.js';
import { connectionErrors, routerErrors } from './http/before-routing.js';
import { useBodyParsing } from './http/body-parsing.js';
import { closeSilentConnections } from './http/silent-connections.js';
import { HubModule } from './hub.module.js';
import { FormCoverage } from './intake/coverage/form-coverage.js';
import { BlobJanitor } from './intake/janitor.js';
import { PullWorker } from './intake/pull/pull-worker.js';
import { useApiDocs } from './ops/api-docs.js';
import { useConsole } from './ops/console-files.js';
import { RedriveWorker } from './ops/redrive/redrive-worker.js';
import { rolesOf } from './roles.js';
import { HUB_INSTANCE } from './routing/planner.js';

/** What a start needs; tests inject time and randomness. */
export interface HubStart {
  readonly configFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly adapters: readonly Adapter[];
  readonly clock?: Clock;
  readonly randomness?: Randomness;
  /** Takes the log's lines; default standard output. */
  readonly logTo?: LogDestination;
}

/** A running hub. */
export interface RunningHub {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly house: House;
  /** Finishes or returns what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** Shortest time after which a connection over which nothing happens is closed; endpoints that are more patient prolong it. */
const CONNECTION_IDLE_MS = 75_000;

/**
 * Starts a hub: configuration, store, HTTP, bus, background work, in this order.
 * @throws ConfigError when the configuration does not hold together.
 */
export async function startHub(start: HubStart): Promise<RunningHub> {
  const house = await buildHouse(start);
  try {
    return await open(house);
  } catch (error) {
    await house.database.destroy();
    throw error;
  }
}

async function buildHouse({
  configFile,
  environment,
  adapters,
  clock = systemClock,
  randomness = systemRandomness,
  logTo,
}: HubStart): Promise<House> {
  const loaded = loadHubConfig(configFile, environment, adapters);
  const { config } = loaded;
  const crash = crashPlanOf(environment, [config.publicUrl, config.database.url]);
  if (crash !== undefined) armCrash(crash);
  const ids = uuidV7(clock, randomness);
  const processId = `${hostname()}-${process.pid}-${ids.uuid().slice(-6)}`;
  const database = await openDatabase(config.database);
  return {
    loaded,
    clock,
    randomness,
    ids,
    processId,
    database,
    log: Log.create(config.logLevel, { processId }, logTo),
    blobs: new FileBlobStore(config.blobs.directory, clock),
  };
}

async function open(house: House): Promise<RunningHub> {
  const { config } = house.loaded;
  const limits = Object.values(config.endpoints).map((endpoint) => endpoint.limits);
  const adapter = new FastifyAdapter({
    // Streams of attachments have their own guards, which answer; this is the net below them and must not be faster.
    requestTimeout: Math.max(300_000, ...limits.map(({ totalMs }) => totalMs + 60_000)),
    connectionTimeout: Math.max(CONNECTION_IDLE_MS, ...limits.map(({ idleMs }) => idleMs + 15_000)),
    clientErrorHandler: connectionErrors(house.log),
    frameworkErrors: routerErrors,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
  });
  const app = await NestFactory.create<NestFastifyApplication>(HubModule.register(house), adapter, {
    logger: new NestLog(house.log),
    bodyParser: false,
    abortOnError: false,
  });
  useBodyParsing(app.getHttpAdapter().getInstance());
  closeSilentConnections(app.getHttpAdapter().getInstance());
  const lifecycle = app.get(Lifecycle);
  closeWhileDraining(app, lifecycle);
  const roles = rolesOf(config.roles);
  const wake = await WakeListener.open(config.database.url, app.get(Waker), house.log);
  try {
    if (roles.includes('ops')) {
      useApiDocs(app, config.publicUrl);
      await useConsole(app);
    }
    if (roles.includes('intake')) lifecycle.run(app.get(FormCoverage));
    if (roles.includes('worker')) await startWork(app, house);
    await app.listen(config.listen.port, config.listen.host);
  } catch (error) {
    await wake.close();
    throw error;
  }
  house.log.info('hub.started', { roles: roles.join(','), port: new URL(await app.getUrl()).port });
  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    app,
    house,
    stop: async () => {
      await app.close();
      await wake.close();
      app.get(Waker).close();
      await house.database.destroy();
      house.log.info('hub.stopped');
    },
  };
}

/** Answers of a stopping process close their connections, so that the next request goes to another one. */
function closeWhileDraining(app: NestFastifyApplication, lifecycle: Lifecycle): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', async (_request, reply, payload) => {
      if (lifecycle.isDraining) void reply.header('connection', 'close');
      return payload;
    });
}

async function startWork(app: NestFastifyApplication, house: House): Promise<void> {
  const { shutdown } = house.loaded.config;
  const runner = app.get(Runner);
  const lifecycle = app.get(Lifecycle);
  const gates = app.get(Gates);
  gates.register(HUB_INSTANCE, app.get(StepWorkers).hubTimes());
  // Before the first message: what was paused stays paused over a restart.
  await gates.refresh();
  app.connectMicroservice({ strategy: carrierOf(app, house) }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  lifecycle.run({ start: () => undefined, finish: () => runner.finish(shutdown.finishMs) });
  lifecycle.run(app.get(Sweeper));
  lifecycle.run(app.get(BlobJanitor));
  lifecycle.run(app.get(CatalogueWorker));
  lifecycle.run(app.get(RedriveWorker));
  lifecycle.run(app.get(PullWorker));
}
