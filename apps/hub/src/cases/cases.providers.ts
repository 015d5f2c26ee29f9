// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { CaseRelations } from './case-relations.js';
import { Prefills } from './prefills.js';
import { RelatedQueries } from './related.queries.js';

/** How applications hang together. */
export const CASES: readonly Type[] = [Prefills, CaseRelations, RelatedQueries];
