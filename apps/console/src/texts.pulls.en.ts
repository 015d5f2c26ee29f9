// SPDX-License-Identifier: EUPL-1.2
import type { PullTexts } from './texts.pulls.de.js';

/** Form servers that are asked for submissions, in English. */
export const pullsEn: PullTexts = {
  title: 'Fetching from form servers',
  caption: 'Form servers from which submissions are fetched',
  endpoint: 'Endpoint',
  source: 'Form or destination',
  state: 'State',
  success: 'Last success',
  accepted: 'Taken over',
  held: 'Open',
  kept: 'For a person',
  oldest: 'Oldest',
  actions: 'Actions',
  ask: 'Fetch now',
  askText: 'The form server is asked at once; what is held is tried again.',
  asked: 'is asked',
  states: { waiting: 'waiting', due: 'due', asking: 'asking' },
  paused: 'paused',
  by: 'by',
  open: 'Interrupted',
  failing: 'failed',
  never: 'never',
};
