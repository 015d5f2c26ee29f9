// SPDX-License-Identifier: EUPL-1.2
import { On } from '@amtsbote/bus';
import type { Message } from '@amtsbote/canonical';
import { Controller } from '@nestjs/common';

import { Runner } from './runner.js';

type Requested = Message<
  'collect.requested.v1' | 'payment.requested.v1' | 'filing.requested.v1' | 'export.requested.v1' | 'status.requested.v1'
>;

/** Requests on the bus trigger the runner. The step row decides: a doubled trigger finds the step taken, a lost one is the sweeper's. */
@Controller()
export class Triggers {
  constructor(private readonly runner: Runner) {}

  @On('collect.requested.v1')
  async collect(message: Message<'collect.requested.v1'>): Promise<void> {
    await this.trigger(message);
  }
  @On('payment.requested.v1')
  async payment(message: Message<'payment.requested.v1'>): Promise<void> {
    await this.trigger(message);
  }
  @On('filing.requested.v1')
  async filing(message: Message<'filing.requested.v1'>): Promise<void> {
    await this.trigger(message);
  }
  @On('export.requested.v1')
  async export(message: Message<'export.requested.v1'>): Promise<void> {
    await this.trigger(message);
  }
  @On('status.requested.v1')
  async status(message: Message<'status.requested.v1'>): Promise<void> {
    await this.trigger(message);
  }

  private async trigger({ data }: Requested): Promise<void> {
    await this.runner.drain(data.instance, data.stepId);
  }
}
