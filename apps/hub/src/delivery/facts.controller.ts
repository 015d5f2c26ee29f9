// SPDX-License-Identifier: EUPL-1.2
import { On } from '@amtsbote/bus';
import type { Message } from '@amtsbote/canonical';
import { Controller } from '@nestjs/common';

import { House } from '../house/tokens.js';

/** Facts on the bus become log lines: what a monitoring system counts and alerts on. The journal has them already. */
@Controller()
export class FactsListener {
  constructor(private readonly house: House) {}

  @On('application.submitted.v1')
  async submitted(message: Message<'application.submitted.v1'>): Promise<void> {
    this.tell(message);
  }
  @On('application.stateChanged.v1')
  async stateChanged(message: Message<'application.stateChanged.v1'>): Promise<void> {
    this.tell(message, { from: message.data.from, to: message.data.to });
  }
  @On('application.finished.v1')
  async finished(message: Message<'application.finished.v1'>): Promise<void> {
    this.tell(message);
  }
  @On('decision.received.v1')
  async decided(message: Message<'decision.received.v1'>): Promise<void> {
    this.tell(message);
  }
  @On('step.completed.v1')
  async completed(message: Message<'step.completed.v1'>): Promise<void> {
    this.tell(message, { step: message.data.name, instance: message.data.instance });
  }
  @On('step.parked.v1')
  async parked(message: Message<'step.parked.v1'>): Promise<void> {
    this.house.log.warn(message.type, {
      applicationId: message.subject,
      tenant: message.tenant,
      step: message.data.name,
      instance: message.data.instance,
    });
  }
  /** No adapter shares documents with outsiders yet; a route cannot plan such a step. */
  @On('share.requested.v1')
  async share(message: Message<'share.requested.v1'>): Promise<void> {
    this.tell(message);
  }

  private tell(message: Message, more: Readonly<Record<string, string>> = {}): void {
    this.house.log.info(message.type, { applicationId: message.subject, tenant: message.tenant, ...more });
  }
}
