// SPDX-License-Identifier: EUPL-1.2
import type { BrokerState } from '@amtsbote/bus';
import { Injectable } from '@nestjs/common';

/** How it stands with the broker, where this process uses one. */
@Injectable()
export class BusState {
  private ask: (() => BrokerState) | undefined;

  /** To be called by whoever starts a carrier with a broker. */
  follow(ask: () => BrokerState): void {
    this.ask = ask;
  }

  /** `undefined` in a process without one: other carrier, or no worker. */
  get broker(): BrokerState | undefined {
    return this.ask?.();
  }
}
