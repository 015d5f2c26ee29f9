// SPDX-License-Identifier: EUPL-1.2
import type { ForeignWish } from './installed.js';
import type { WebhookTaker } from './intake.js';

export const N8N = 'n8n';

/** Nobody yet: nothing here can install n8n and its flow, and that is said. Its aim then counts as not measured. */
export function n8n({ say }: Pick<ForeignWish, 'say'>): WebhookTaker[] {
  say('This bench cannot install n8n yet: it is not measured.');
  return [];
}
