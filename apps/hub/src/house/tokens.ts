// SPDX-License-Identifier: EUPL-1.2
import type { Clock, Ids, Randomness } from '@amtsbote/canonical';
import type { Log } from '@amtsbote/platform';
import type { BlobStore } from '@amtsbote/store';
import type { DataSource } from 'typeorm';

import type { LoadedConfig } from '../config/load-hub-config.js';

/**
 * What the whole hub is built on, made once by `main` (or a test) and given to every module: nothing reads the machine's clock, randomness
 * or environment by itself.
 */
export abstract class House {
  abstract readonly loaded: LoadedConfig;
  abstract readonly clock: Clock;
  abstract readonly ids: Ids;
  abstract readonly randomness: Randomness;
  abstract readonly log: Log;
  abstract readonly database: DataSource;
  abstract readonly blobs: BlobStore;
  /** Names this process in leases and journal. */
  abstract readonly processId: string;
}
