// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { authenticate } from '../http/credentials.js';
import { ProblemError } from '../http/problem.js';
import type { QueueAccess } from './pickup-queue.js';

/** Decides who may use a queue: credentials belong to one queue, the queue to one tenant. */
@Injectable()
export class QueueAccesses {
  constructor(private readonly house: House) {}

  /** @throws ProblemError 401, also for unknown queues: names of queues are not given away. */
  of(queue: string, authorization: string | undefined): QueueAccess {
    const config = this.house.loaded.config.queues[queue];
    if (config === undefined)
      throw new ProblemError(401, 'not-authenticated', 'A valid bearer token is needed in the Authorization header.');
    const { name } = authenticate(authorization, config.credentials);
    return { queue, tenant: config.tenant, leaseMs: config.leaseMs, actor: `queue:${queue}/${name}` };
  }
}
