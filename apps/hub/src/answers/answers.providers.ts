// SPDX-License-Identifier: EUPL-1.2
import type { Type } from '@nestjs/common';

import { AnswerTakers } from './answer-takers.js';
import { Outboxes } from './outboxes.js';

/** Answers to applicants that clerks put into the outboxes of DMS. */
export const ANSWERS: readonly Type[] = [Outboxes, AnswerTakers];
