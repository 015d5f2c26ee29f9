// SPDX-License-Identifier: EUPL-1.2
import type { WebhookTaker } from './intake.js';
import type { Flow } from './node-red.js';

export async function n8n(_flow: Flow): Promise<WebhookTaker | undefined> {
  return undefined;
}
