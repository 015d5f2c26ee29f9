// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import type { StepKind } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';

import { RetryPolicy } from '../config/config-parts.js';
import type { InstanceConfig } from '../config/hub-config.js';
import type { ClaimedStep } from './claims.js';
import { CANNOT_TELL } from './effects.js';
import { CollectWorker } from './kinds/collect.worker.js';
import { ExportWorker } from './kinds/export.worker.js';
import { FilingWorker } from './kinds/filing.worker.js';
import { PaymentWorker } from './kinds/payment.worker.js';
import { StatusWorker } from './kinds/status.worker.js';
import type { StepWorker } from './outcome.js';

/** Times and limits of steps that the hub does by itself (collecting linked attachments). */
const HUB_TIMES: Pick<InstanceConfig, 'concurrency' | 'attemptMs' | 'leaseMs' | 'retry' | 'breaker'> = {
  concurrency: 4,
  attemptMs: 10 * 60_000,
  leaseMs: 11 * 60_000,
  retry: RetryPolicy.parse({}),
  // Sources of linked attachments are many: one that is down must not stop the others.
  breaker: { failures: 1_000, openMs: 1_000, openMaxMs: 1_000 },
};

/** Which worker does which kind of step. */
@Injectable()
export class StepWorkers {
  private readonly workers: Readonly<Record<Exclude<StepKind, 'share'>, StepWorker>>;

  constructor(collect: CollectWorker, payment: PaymentWorker, filing: FilingWorker, exporting: ExportWorker, status: StatusWorker) {
    this.workers = { collect, payment, filing, export: exporting, status };
  }

  /** @throws DeliveryError for kinds that no adapter carries yet. */
  for(kind: StepKind): StepWorker {
    if (kind === 'share') throw DeliveryError.misconfigured('delivery/no-worker', 'Steps of kind share are not supported.');
    return this.workers[kind];
  }

  hubTimes(): typeof HUB_TIMES {
    return HUB_TIMES;
  }

  /** The failure of a step about which the target cannot say whether it happened. */
  cannotTell(step: ClaimedStep): DeliveryError {
    return DeliveryError.outcomeUnknown(CANNOT_TELL, `The target cannot tell whether "${step.name}" already happened.`, {
      hintKey: 'cannotTell',
    });
  }
}
