// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { IntakeEndpoints } from '../endpoints.js';
import { IntakeService } from '../intake.service.js';
import { isPulled } from './pull-sources.js';
import type { Asked, Taken, Taker } from './pulled.js';

/** Of a submission that its sender has not finished yet. */
const NOT_YET = { kind: 'refused', code: 'intake/no-submission', message: 'The sender calls it a draft: it is looked at again.' } as const;

/** Submissions that are fetched go the way of those that are sent. */
@Injectable()
export class SubmissionTakers {
  constructor(
    private readonly endpoints: IntakeEndpoints,
    private readonly intake: IntakeService,
  ) {}

  of({ name }: Asked): Taker {
    const endpoint = this.endpoints.get(name);
    if (!isPulled(endpoint)) throw new Error('an endpoint is asked that cannot fetch');
    const { port } = endpoint;
    return {
      news: async (waiting) => waiting,
      known: ({ submissionId }) => this.intake.known(endpoint, submissionId),
      fetch: async (waiting, files, signal) => {
        const received = await port.fetch(waiting, files, signal);
        if (received === 'gone') return 'gone';
        return {
          store: async () => {
            // From here on they are the intake's: it removes them, unless they have an owner, or may have one.
            files.handOver(received.files);
            if (await this.intake.isPassedOver(endpoint, received)) return NOT_YET;
            return this.intake.accept(endpoint, received, waiting.submissionId);
          },
        };
      },
      acknowledge: (waiting, { id, reference, receivedAt }: Taken, signal) =>
        port.acknowledge(waiting, { id, reference, receivedAt: receivedAt.toISOString() }, signal),
      refuse: (waiting, rejection, signal) => port.refuse(waiting, rejection, signal),
    };
  }
}
