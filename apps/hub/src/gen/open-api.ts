// SPDX-License-Identifier: EUPL-1.2
import { Log, systemClock, systemRandomness, uuidV7 } from '@amtsbote/platform';
import { databaseOptions, FileBlobStore } from '@amtsbote/store';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';

import { HubConfig } from '../config/hub-config.js';
import type { House } from '../house/tokens.js';
import { HubModule } from '../hub.module.js';
import { apiDescription } from '../ops/api-docs.js';
import type { GeneratedFile } from './generators.js';

const PUBLIC_URL = 'https://amtsbote.example';

/** The hub's HTTP interface with all roles, read from a hub that is put together and never started: no database is asked. */
export async function openApi(): Promise<GeneratedFile[]> {
  const app = await NestFactory.create<NestFastifyApplication>(HubModule.register(unstartedHouse()), new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  return [{ path: 'schemas/openapi.json', content: `${JSON.stringify(apiDescription(app, PUBLIC_URL), null, 2)}\n` }];
}

function unstartedHouse(): House {
  const database = { url: 'postgres://127.0.0.1/never-opened', connectionsMax: 2, statementMs: 1_000 };
  const config = HubConfig.parse({
    publicUrl: PUBLIC_URL,
    database,
    blobs: { directory: 'never-opened' },
    receiptSecret: 'x'.repeat(32),
    tenants: {},
    instances: {},
    endpoints: {},
  });
  return {
    loaded: { config, source: { file: '', lineOf: () => undefined }, instances: new Map(), endpoints: new Map() },
    clock: systemClock,
    randomness: systemRandomness,
    ids: uuidV7(systemClock, systemRandomness),
    log: Log.create('silent'),
    database: new DataSource(databaseOptions(database)),
    blobs: new FileBlobStore(config.blobs.directory, systemClock),
    processId: 'generator',
  };
}
