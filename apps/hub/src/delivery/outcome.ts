// SPDX-License-Identifier: EUPL-1.2
import type { DeliveryContext } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import type { Work } from '../house/unit-of-work.js';
import type { ClaimedStep } from './claims.js';

/** How an attempt ended well. */
export type Outcome =
  | {
      readonly is: 'done';
      readonly receipt: JsonValue;
      /** Further facts that belong to the result, written in the same transaction. */
      readonly commit?: (work: Work) => Promise<void>;
    }
  | {
      /** Our part is done, the outside has to act; asked again at `nextLook`. */
      readonly is: 'awaiting';
      readonly receipt: JsonValue;
      readonly nextLook: Date;
      readonly commit?: (work: Work) => Promise<void>;
    };

/** What the runner knows to do with one kind of step. */
export abstract class StepWorker {
  /** Does it, or goes on with it. @throws DeliveryError */
  abstract attempt(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome>;
  /** Whether an earlier attempt with an unknown outcome completed it; `absent` lets the act go on. */
  abstract find(step: ClaimedStep, ctx: DeliveryContext): Promise<Outcome | 'absent' | 'cannotTell'>;
}
