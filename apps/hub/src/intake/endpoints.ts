// SPDX-License-Identifier: EUPL-1.2
import type { FormsPort } from '@amtsbote/adapter-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import type { IntakeEndpoint } from './intake.service.js';

/** The configured endpoints, each with its own adapter instance. */
@Injectable()
export class IntakeEndpoints implements OnApplicationShutdown {
  private readonly byName = new Map<string, IntakeEndpoint>();

  constructor(house: House) {
    for (const [name, { adapter, options }] of house.loaded.endpoints) {
      const config = house.loaded.config.endpoints[name];
      if (config === undefined) continue;
      const port = adapter.create(options, { clock: house.clock, randomness: house.randomness, instance: name }) as FormsPort;
      this.byName.set(name, { name, type: adapter.type, config, port });
    }
  }

  /** @throws ProblemError 404 */
  get(name: string): IntakeEndpoint {
    const endpoint = this.byName.get(name);
    if (endpoint === undefined) throw new ProblemError(404, 'unknown-endpoint', 'There is no intake endpoint of this name.');
    return endpoint;
  }

  list(): readonly IntakeEndpoint[] {
    return [...this.byName.values()];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.list().map(({ port }) => port.close()));
  }
}
