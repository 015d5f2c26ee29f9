// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { UnitOfWork, type Work } from '../house/unit-of-work.js';
import { Gates } from './gates.js';
import type { Commander, Reasoned } from './step-commands.js';

/** Tenant of journal entries that concern the house as a whole. */
export const WHOLE_HOUSE = '*';

/** Stopping and starting adapter instances by hand; what is under way finishes. */
@Injectable()
export class InstanceCommands {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly gates: Gates,
  ) {}

  /** Nothing goes out through this instance any more, in any process, until it is resumed. Its steps stay due. */
  async pause({ actor }: Commander, instance: string, { reason }: Reasoned): Promise<void> {
    await this.unitOfWork.run(async (work) => {
      await this.gates.pause(instance, reason, actor, work.sql);
      note(work, actor, 'instance.paused', { instance, reason });
    });
  }

  /** Goes on, with a closed circuit. */
  async resume({ actor }: Commander, instance: string, { reason }: Reasoned): Promise<void> {
    await this.unitOfWork.run(async (work) => {
      await this.gates.resume(instance, work.sql);
      note(work, actor, 'instance.resumed', { instance, reason });
    });
  }
}

function note(work: Work, actor: string, event: string, data: Readonly<Record<string, string>>): void {
  work.note({ tenant: WHOLE_HOUSE, applicationId: null, stepId: null, actor, event, data });
}
