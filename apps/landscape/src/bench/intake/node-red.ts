// SPDX-License-Identifier: EUPL-1.2
import type { Undoing } from '../../launch/undoing.js';
import type { Stage } from '../stage/stage.js';
import type { WebhookTaker } from './intake.js';

export interface Flow {
  readonly stage: Stage;
  readonly callUrl: string;
  readonly say: (line: string) => void;
  readonly undoing: Undoing;
}
export async function nodeRed(_flow: Flow): Promise<WebhookTaker | undefined> {
  return undefined;
}
