// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { HeldSubmissions } from './held-submissions.js';
import { PullRound } from './pull-round.js';
import { PullSignals } from './pull-signals.js';
import { PullSources } from './pull-sources.js';
import { PullWorker } from './pull-worker.js';
import { Reconciliation } from './reconciliation.js';
import { SubmissionTakers } from './submission-takers.js';
import { TakeOver } from './take-over.js';

/** Submissions that are fetched. */
export const PULL: readonly Type[] = [
  PullSources,
  HeldSubmissions,
  SubmissionTakers,
  TakeOver,
  Reconciliation,
  PullRound,
  PullWorker,
  PullSignals,
];
