// SPDX-License-Identifier: EUPL-1.2
import { type ConfigFinding, type ConfigSource, finding } from '@amtsbote/platform';

import type { HubConfig } from './hub-config.js';

/** A parallel run is between two endpoints that serve the same municipality; an endpoint takes part in one only, or nobody could say who is in charge. */
export function checkParallelRuns({ parallelRuns, endpoints }: HubConfig, source: ConfigSource): ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const names = Object.keys(endpoints);
  const taken = new Map<string, string>();
  for (const [run, { current, next }] of Object.entries(parallelRuns)) {
    for (const [side, endpoint] of [
      ['current', current],
      ['next', next],
    ] as const) {
      const at = ['parallelRuns', run, side];
      if (!names.includes(endpoint)) findings.push(finding(source, at, 'expects a listed endpoint', endpoint, names));
      const other = taken.get(endpoint);
      if (other !== undefined) findings.push(finding(source, at, `takes part in "${other}" already`));
      taken.set(endpoint, run);
    }
    const [before, after] = [endpoints[current]?.tenant, endpoints[next]?.tenant];
    if (before !== undefined && after !== undefined && before !== after)
      findings.push(finding(source, ['parallelRuns', run, 'next'], `expects an endpoint of the same tenant (${before})`, after));
  }
  return findings;
}
