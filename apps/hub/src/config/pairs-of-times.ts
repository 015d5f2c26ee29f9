// SPDX-License-Identifier: EUPL-1.2
import { type ConfigFinding, type ConfigSource, finding } from '@amtsbote/platform';

import type { HubConfig } from './hub-config.js';

/** Two times of which one has to be the larger, with what goes wrong otherwise. */
interface Pair {
  /** Of the time that is to be larger. */
  readonly path: readonly PropertyKey[];
  readonly larger: number;
  readonly smaller: number;
  /** Whether they may be equal. */
  readonly orEqual: boolean;
  readonly expected: string;
}

/**
 * Times that only make sense together. A lease that ends before what it protects is how two workers come to deliver the same step; elsewhere that
 * is a warning (Svix) or found out by duplicates, here the hub does not start.
 */
export function checkPairsOfTimes(config: HubConfig, source: ConfigSource): ConfigFinding[] {
  return [...instances(config), ...bus(config), ...endpoints(config), ...routes(config)]
    .filter(({ larger, smaller, orEqual }) => larger < smaller || (larger === smaller && !orEqual))
    .map(({ path, expected }) => finding(source, path, expected));
}

function instances({ instances: all, database }: HubConfig): Pair[] {
  return Object.entries(all).flatMap(([name, { leaseMs, attemptMs, retry, breaker }]): Pair[] => {
    const at = ['instances', name];
    const lease = { path: [...at, 'leaseMs'], larger: leaseMs, orEqual: false };
    return [
      { ...lease, smaller: attemptMs, expected: 'expects more than attemptMs: otherwise two workers would deliver the same step' },
      {
        ...lease,
        smaller: database.statementMs,
        expected: 'expects more than database.statementMs: otherwise one slow statement costs the lease that it was to renew',
      },
      {
        path: [...at, 'retry', 'maxMs'],
        larger: retry.maxMs,
        smaller: retry.firstMs,
        orEqual: true,
        expected: 'expects at least firstMs: pauses grow from it to maxMs',
      },
      {
        path: [...at, 'breaker', 'openMaxMs'],
        larger: breaker.openMaxMs,
        smaller: breaker.openMs,
        orEqual: true,
        expected: 'expects at least openMs: pauses grow from it to openMaxMs',
      },
    ];
  });
}

function bus({ bus: { leaseMs }, database }: HubConfig): Pair[] {
  const expected =
    'expects more than database.statementMs: otherwise a message is handed out again while its handler waits for the database';
  return [{ path: ['bus', 'leaseMs'], larger: leaseMs, smaller: database.statementMs, orEqual: false, expected }];
}

function endpoints({ endpoints: all, database }: HubConfig): Pair[] {
  return Object.entries(all).flatMap(([name, { limits, pull }]): Pair[] => [
    {
      path: ['endpoints', name, 'limits', 'totalMs'],
      larger: limits.totalMs,
      smaller: limits.idleMs,
      orEqual: true,
      expected: 'expects at least idleMs: a sender may be silent for so long',
    },
    {
      path: ['endpoints', name, 'pull', 'leaseMs'],
      larger: pull.leaseMs,
      smaller: database.statementMs,
      orEqual: false,
      expected: 'expects more than database.statementMs: otherwise one slow statement costs the lease that it was to renew',
    },
    {
      path: ['endpoints', name, 'pull', 'retry', 'maxMs'],
      larger: pull.retry.maxMs,
      smaller: pull.retry.firstMs,
      orEqual: true,
      expected: 'expects at least firstMs: pauses grow from it to maxMs',
    },
    {
      path: ['endpoints', name, 'pull', 'breaker', 'openMaxMs'],
      larger: pull.breaker.openMaxMs,
      smaller: pull.breaker.openMs,
      orEqual: true,
      expected: 'expects at least openMs: pauses grow from it to openMaxMs',
    },
  ]);
}

function routes({ routes: all }: HubConfig): Pair[] {
  return all.map(({ payment }, index) => ({
    path: ['routes', index, 'payment', 'pollMaxMs'],
    larger: payment.pollMaxMs,
    smaller: payment.pollMs,
    orEqual: true,
    expected: 'expects at least pollMs: distances grow from it to pollMaxMs',
  }));
}
