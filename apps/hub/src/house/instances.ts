// SPDX-License-Identifier: EUPL-1.2
import type { AdapterKind, PortsByKind } from '@amtsbote/adapter-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

import type { InstanceConfig } from '../config/hub-config.js';
import { House } from './tokens.js';

/** A configured adapter instance, ready to use. */
export interface AdapterInstance<Kind extends AdapterKind = AdapterKind> {
  readonly name: string;
  readonly type: string;
  readonly kind: Kind;
  readonly config: InstanceConfig;
  readonly port: PortsByKind[Kind];
}

/** All configured adapter instances, each made once per process. */
@Injectable()
export class Instances implements OnApplicationShutdown {
  private readonly byName = new Map<string, AdapterInstance>();

  constructor(house: House) {
    for (const [name, { adapter, options }] of house.loaded.instances) {
      const config = house.loaded.config.instances[name];
      if (config === undefined) continue;
      const port = adapter.create(options, { clock: house.clock, randomness: house.randomness, instance: name });
      this.byName.set(name, { name, type: adapter.type, kind: adapter.kind, config, port });
    }
  }

  list(): readonly AdapterInstance[] {
    return [...this.byName.values()];
  }
  find(name: string): AdapterInstance | undefined {
    return this.byName.get(name);
  }
  /** @throws Error when there is none of this kind: the configuration no longer fits a planned step. */
  get<Kind extends AdapterKind>(name: string, kind: Kind): AdapterInstance<Kind> {
    const instance = this.byName.get(name);
    if (instance?.kind !== kind) throw new InstanceMissing(name, kind);
    return instance as AdapterInstance<Kind>;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.list().map(({ port }) => port.close()));
  }
}

/** A step names an instance that the configuration no longer has. */
export class InstanceMissing extends Error {
  override readonly name = 'InstanceMissing';
  constructor(
    readonly instance: string,
    readonly kind: AdapterKind,
  ) {
    super(`no instance "${instance}" of kind ${kind} is configured`);
  }
}
