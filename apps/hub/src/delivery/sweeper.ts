// SPDX-License-Identifier: EUPL-1.2
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { Claims } from './claims.js';
import { Gates } from './gates.js';
import { Runner } from './runner.js';

/**
 * Repairs what messages missed: steps whose due time came, leases whose owner is gone, circuits whose pause is over. A lost trigger costs one
 * round of the sweeper, never a step.
 */
@Injectable()
export class Sweeper {
  private readonly stop = new AbortController();
  private loop: Promise<void> | undefined;

  constructor(
    private readonly house: House,
    private readonly claims: Claims,
    private readonly gates: Gates,
    private readonly runner: Runner,
  ) {}

  start(): void {
    this.loop ??= this.sweep();
  }

  async finish(): Promise<void> {
    this.stop.abort();
    await this.loop;
  }

  private async sweep(): Promise<void> {
    while (!this.stop.signal.aborted) {
      try {
        await this.round();
      } catch (error) {
        this.house.log.error('sweeper.failed', error);
      }
      await this.house.clock.sleep(this.house.loaded.config.sweepMs, this.stop.signal).catch(() => undefined);
    }
  }

  private async round(): Promise<void> {
    await this.gates.refresh();
    const recovered = await this.claims.recover();
    if (recovered > 0) this.house.log.warn('sweeper.recovered', { steps: recovered });
    for (const name of this.gates.names()) await this.runner.drain(name);
  }
}
