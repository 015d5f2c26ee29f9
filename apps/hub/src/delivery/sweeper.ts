// SPDX-License-Identifier: EUPL-1.2
import { crashPoint } from '@amtsbote/platform';
import { Injectable } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { Claims } from './claims.js';
import { Gates } from './gates.js';
import { Runner } from './runner.js';
import { StepWorkers } from './step-workers.js';

/** A step due for so long at an instance that this process does not know has been forgotten by everybody, not only by an older process. */
const STRAY_MS = 10 * 60_000;
/** How often it is looked for such steps. */
const STRAY_ROUND_MS = 60_000;

/**
 * Repairs what messages missed: steps whose due time came, leases whose owner is gone, circuits whose pause is over, steps of instances that
 * are no longer configured. A lost trigger costs one round of the sweeper, never a step.
 */
@Injectable()
export class Sweeper {
  private readonly stop = new AbortController();
  private loop: Promise<void> | undefined;
  private strayLookedAt = 0;

  constructor(
    private readonly house: House,
    private readonly claims: Claims,
    private readonly gates: Gates,
    private readonly runner: Runner,
    private readonly workers: StepWorkers,
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

  /** One round. */
  async round(): Promise<void> {
    await this.gates.refresh();
    await this.adoptStrays();
    const recovered = await this.claims.recover();
    if (recovered > 0) {
      crashPoint('delivery.recovered');
      this.house.log.warn('sweeper.recovered', { steps: recovered });
    }
    for (const name of this.gates.names()) await this.runner.drain(name);
  }

  /** Nobody drains an instance that the configuration no longer has: its steps get a gate here, fail for want of it, and so reach a person. */
  private async adoptStrays(): Promise<void> {
    const now = this.house.clock.now().getTime();
    if (now - this.strayLookedAt < STRAY_ROUND_MS) return;
    this.strayLookedAt = now;
    const strays = await this.claims.strayInstances(this.gates.names(), new Date(now - STRAY_MS));
    for (const name of strays) this.gates.register(name, this.workers.hubTimes());
  }
}
