// SPDX-License-Identifier: EUPL-1.2
import { PostgresQueue, Waker } from '@amtsbote/bus';
import { ApplicationId } from '@amtsbote/canonical';
import type { Redriven } from '@amtsbote/ops-api';
import { Injectable } from '@nestjs/common';

import { UnitOfWork } from '../house/unit-of-work.js';
import type { Operator } from './operator.js';

/** Letters put back by one command at most. */
const REDRIVE_MAX = 1_000;

/** Puts messages that no handler could take back into the queue. */
@Injectable()
export class DeadLetters {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly waker: Waker,
  ) {}

  /** Redrives these letters, or the oldest ones, of the operator's tenants; journal entries and messages in one transaction. */
  async redrive({ actor, tenants }: Operator, order: { reason: string; ids?: readonly string[] | undefined }): Promise<Redriven> {
    const redriven = await this.unitOfWork.run(async (work) => {
      const letters = await work.sql.query<Letter[]>(CHOSEN, [tenants, order.ids ?? null, REDRIVE_MAX]);
      if (letters.length === 0) return 0;
      const queue = new PostgresQueue(work.sql, work.house.clock);
      const count = await queue.redrive(
        tenants,
        letters.map(({ id }) => id),
      );
      for (const { id: message, type, subject, tenant } of letters)
        work.note({
          tenant,
          applicationId: isApplication(subject) ? subject : null,
          stepId: null,
          actor,
          event: 'message.redriven',
          data: { message, type, reason: order.reason },
        });
      return count;
    });
    if (redriven > 0) this.waker.nudge();
    return { redriven };
  }
}

interface Letter {
  readonly id: string;
  readonly type: string;
  /** Application id, or what else the message is about. */
  readonly subject: string;
  readonly tenant: string;
}

function isApplication(subject: string): boolean {
  return ApplicationId.safeParse(subject).success;
}

const CHOSEN = `
  SELECT id, type, subject, tenant FROM dead_letter WHERE ($1::text[] IS NULL OR tenant = ANY($1)) AND ($2::uuid[] IS NULL OR id = ANY($2))
  ORDER BY died_at, id LIMIT $3 FOR UPDATE SKIP LOCKED`;
