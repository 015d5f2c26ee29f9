// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { ParallelCommands } from './parallel.commands.js';
import { ParallelQueries } from './parallel.queries.js';
import { ParallelRuns } from './parallel-runs.js';

/** Services offered by two form systems. */
export const PARALLEL: readonly Type[] = [ParallelRuns, ParallelQueries, ParallelCommands];
