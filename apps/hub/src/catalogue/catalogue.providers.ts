// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { Lexicon } from './facts/lexicon.js';
import { Forgetting } from './history/forgetting.js';
import { CatalogueAtSubmission } from './read/at-submission.js';
import { CatalogueChanges } from './read/changes.js';
import { Competences } from './read/competence.js';
import { CatalogueExport } from './read/export.js';
import { CatalogueObjects } from './read/objects.js';
import { ServiceSearch } from './read/search.js';
import { Views } from './read/views.js';
import { Announcing } from './runs/announcing.js';
import { Applying } from './runs/applying.js';
import { BroughtDocuments } from './runs/brought-documents.js';
import { CatalogueWorker } from './runs/catalogue-worker.js';
import { CatalogueCleaning } from './runs/cleaning.js';
import { Execution } from './runs/execution.js';
import { Impacts } from './runs/impact.js';
import { Reading } from './runs/reading.js';
import { Recalling } from './runs/recalling.js';
import { Rechecking } from './runs/rechecking.js';
import { RunCommands } from './runs/run-commands.js';
import { RunQueries } from './runs/run-queries.js';
import { RunStore } from './runs/run-store.js';
import { Schedule } from './runs/schedule.js';
import { Staging } from './runs/staging.js';
import { Vocabulary } from './runs/vocabulary.js';

/** The service catalogue: runs that write it, and everything that is read of it. */
export const CATALOGUE: readonly Type[] = [
  Lexicon,
  Vocabulary,
  Views,
  Competences,
  CatalogueAtSubmission,
  ServiceSearch,
  CatalogueObjects,
  CatalogueExport,
  CatalogueChanges,
  RunStore,
  RunCommands,
  RunQueries,
  BroughtDocuments,
  Staging,
  Reading,
  Impacts,
  Announcing,
  Applying,
  Recalling,
  Rechecking,
  CatalogueCleaning,
  Forgetting,
  Execution,
  Schedule,
  CatalogueWorker,
];
