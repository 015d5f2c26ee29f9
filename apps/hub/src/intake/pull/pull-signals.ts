// SPDX-License-Identifier: EUPL-1.2
import type { ReceivedSubmission } from '@amtsbote/adapter-kit';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import type { IntakeEndpoint } from '../intake.service.js';
import { isPulled, PullSources } from './pull-sources.js';
import { PullWorker } from './pull-worker.js';

/** Requests that only say that something is waiting. They may be lost: then the next round finds it, a little later. */
@Injectable()
export class PullSignals {
  constructor(
    private readonly house: House,
    private readonly sources: PullSources,
    private readonly worker: PullWorker,
  ) {}

  /** Whether the request is one; then its sources are asked at once, by whichever process asks them. */
  async take(endpoint: IntakeEndpoint, received: ReceivedSubmission): Promise<boolean> {
    const named = isPulled(endpoint) ? endpoint.port.signalOf(received) : null;
    if (!isPulled(endpoint) || named === null) return false;
    await Promise.allSettled(received.files.map(({ id }) => this.house.blobs.remove(id)));
    const signalled = await this.sources.signal(endpoint, named);
    this.house.log.info('pull.signalled', { endpoint: endpoint.name, sources: signalled });
    this.worker.wake();
    return true;
  }
}
