// SPDX-License-Identifier: EUPL-1.2
import { DecisionOutcome } from '@amtsbote/canonical';
import { z } from 'zod';

import { count, DAY, MEBIBYTE, MINUTE, ms } from './config-parts.js';

/** Whether a DMS is asked after a filing what it holds. */
export const ReadBack = z.strictObject({
  policy: z
    .enum(['never', 'sampled', 'always'])
    .default('never')
    .describe('After a filing every document is read back and compared by length and SHA-512: never, of some filings, of all.'),
  oneIn: count(20, 2, 10_000).describe('Of how many filings one is read back when policy is sampled.'),
});
export type ReadBackConfig = z.infer<typeof ReadBack>;

/** What becomes of documents that clerks put into the outbox of a DMS. */
export const Answers = z.strictObject({
  everyMs: ms(MINUTE, 50, DAY).describe('How often the outbox is looked into; up to a tenth earlier or later.'),
  outcome: DecisionOutcome.default('information').describe('What an answer says of the application, unless its mark says more.'),
  outcomes: z
    .record(z.string().min(1).max(100), DecisionOutcome)
    .default({})
    .describe("Mark of an answer (a subfolder's name, a value) → its outcome; other marks are shown to a person."),
  text: z
    .string()
    .min(1)
    .max(20_000)
    .default('Zu Ihrem Antrag gibt es ein neues Dokument.')
    .describe('What the applicant reads beside the document.'),
  documentBytesMax: count(600 * MEBIBYTE, 1_024, 20 * 1024 * MEBIBYTE).describe('Larger documents are shown to a person.'),
  roundMax: count(200, 1, 10_000).describe('Answers of one round; then others have their turn.'),
});
export type AnswersConfig = z.infer<typeof Answers>;
