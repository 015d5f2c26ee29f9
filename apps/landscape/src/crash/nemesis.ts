// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import type { Town } from '../town.js';
import type { BrokerUnderFire } from './broker.js';
import type { Logbook } from './logbook.js';
import type { Disturbance, LineName, Target } from './plan.js';
import type { PostgresUnderFire } from './postgres.js';
import type { TcpProxy } from './tcp-proxy.js';
import type { HubUnderFire } from './under-fire.js';

/** Everything the nemesis can lay hands on. */
export interface Battlefield {
  readonly hubs: readonly [HubUnderFire, HubUnderFire];
  readonly postgres: PostgresUnderFire;
  readonly broker: BrokerUnderFire | undefined;
  readonly lines: ReadonlyMap<LineName, TcpProxy>;
  readonly town: Pick<Town, Target>;
}

/** Only what hubs ask: a citizen's own browser is not under fire. */
const OF_HUBS: Readonly<Record<Target, RegExp>> = { payment: /paymenttransaction/, dms: /nscalealinst1/, portal: /hooks/ };
const RETRY_AFTER_S = 1;

/** Carries out a plan's disturbances, each at its time, several at once. */
export class Nemesis {
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly field: Battlefield,
    private readonly logbook: Logbook,
  ) {}

  /** Resolves when the last disturbance is over and everything is mended. @throws the signal's reason. */
  async rage(disturbances: readonly Disturbance[], signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    try {
      for (const disturbance of disturbances) {
        const wait = disturbance.at - (performance.now() - startedAt);
        if (wait > 0) await sleep(wait, undefined, { signal });
        const work = this.strike(disturbance).finally(() => this.underWay.delete(work));
        this.underWay.add(work);
        // Whoever waits for the end hears of it.
        work.catch(() => undefined);
      }
      while (this.underWay.size > 0) await Promise.all(this.underWay);
    } finally {
      this.mend();
      this.logbook.note('nemesis', 'rests');
    }
  }

  private mend(): void {
    for (const line of this.field.lines.values()) line.mend();
    for (const target of Object.keys(OF_HUBS) as Target[]) this.field.town[target].heal();
  }

  private async strike(disturbance: Disturbance): Promise<void> {
    const { at: _at, ...deed } = disturbance;
    this.logbook.note('nemesis', JSON.stringify(deed));
    switch (disturbance.kind) {
      case 'kill':
        return this.field.hubs[disturbance.hub].kill(disturbance.downMs);
      case 'freeze':
        return this.field.hubs[disturbance.hub].freeze(disturbance.ms);
      case 'cut':
        this.field.lines.get(disturbance.line)?.cut();
        return;
      case 'line':
        return this.breakLine(disturbance);
      case 'database':
        return this.field.postgres.restart(disturbance.how, disturbance.downMs);
      case 'broker':
        if ((await this.field.broker?.restart(disturbance.how, disturbance.downMs)) !== true)
          this.logbook.note('nemesis', 'may not restart this broker');
        return;
      case 'target':
        return this.spoil(disturbance);
    }
  }

  private async breakLine({ line: name, fault, ms }: Extract<Disturbance, { kind: 'line' }>): Promise<void> {
    const line = this.field.lines.get(name);
    line?.break(fault);
    await sleep(ms);
    line?.mend();
  }

  private async spoil({ target, fault, ms }: Extract<Disturbance, { kind: 'target' }>): Promise<void> {
    const system = this.field.town[target];
    system.fail({ fault, match: OF_HUBS[target], retryAfterS: RETRY_AFTER_S });
    await sleep(ms);
    system.heal();
  }
}
