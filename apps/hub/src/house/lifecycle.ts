// SPDX-License-Identifier: EUPL-1.2
import { type BeforeApplicationShutdown, Injectable, type OnModuleDestroy } from '@nestjs/common';

import { House } from './tokens.js';

/** Something that runs in the background of a process. */
export interface Background {
  start(): void;
  /** Finishes or returns what it holds. */
  finish(): Promise<void>;
}

/**
 * Starting and stopping in the right order. Stopping: first the load balancer is told (not ready) while requests are still taken, then the
 * background work ends, then listeners and connections close.
 */
@Injectable()
export class Lifecycle implements OnModuleDestroy, BeforeApplicationShutdown {
  private readonly background: Background[] = [];
  private draining = false;

  constructor(private readonly house: House) {}

  get isDraining(): boolean {
    return this.draining;
  }

  run(background: Background): void {
    this.background.push(background);
    background.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.draining = true;
    await this.house.clock.sleep(this.house.loaded.config.shutdown.drainMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.background.map((background) => background.finish()));
  }
}
