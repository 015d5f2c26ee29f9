// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import type { ForeignWish } from './installed.js';
import type { WebhookTaker } from './intake.js';

export const N8N = 'n8n';
export async function n8n(_wish: ForeignWish, _undoing: Undoing): Promise<WebhookTaker[]> {
  return [];
}
