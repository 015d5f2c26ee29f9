// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { ApplicationQueries } from './applications.queries.js';
import { BulkRetry } from './bulk-retry.js';
import { ConsoleSessions } from './console-sessions.js';
import { DeadLetters } from './dead-letters.js';
import { FilingTrials } from './filing/filing-trials.js';
import { FormVersionQueries } from './forms/form-versions.queries.js';
import { HouseQueries } from './house.queries.js';
import { InstanceQueries } from './instances.queries.js';
import { PullCommands } from './pulls/pull-commands.js';
import { PullQueries } from './pulls/pull-queries.js';
import { RedriveCommands } from './redrive/redrive-commands.js';
import { RedriveJobs } from './redrive/redrive-jobs.js';
import { RedriveWorker } from './redrive/redrive-worker.js';
import { TimelineQueries } from './timeline.queries.js';

/** Queries and commands for console and CLI. */
export const OPS: readonly Type[] = [
  ApplicationQueries,
  TimelineQueries,
  BulkRetry,
  InstanceQueries,
  HouseQueries,
  FormVersionQueries,
  DeadLetters,
  ConsoleSessions,
  PullQueries,
  PullCommands,
  RedriveJobs,
  RedriveCommands,
  RedriveWorker,
  FilingTrials,
];
