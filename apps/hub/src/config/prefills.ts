// SPDX-License-Identifier: EUPL-1.2
import { type ConfigFinding, type ConfigSource, finding } from '@amtsbote/platform';

import type { HubConfig } from './hub-config.js';

/** Where values are left at a form server, that one also says where the form opens. */
export function checkPrefills({ prefills, endpoints }: HubConfig, source: ConfigSource): ConfigFinding[] {
  const findings: ConfigFinding[] = [];
  const names = Object.keys(endpoints);
  for (const [name, { leaveAt, formUrl }] of Object.entries(prefills)) {
    if (leaveAt === undefined) continue;
    const at = ['prefills', name, 'leaveAt'];
    if (!names.includes(leaveAt.endpoint))
      findings.push(finding(source, [...at, 'endpoint'], 'expects a listed endpoint', leaveAt.endpoint, names));
    if (formUrl !== undefined) findings.push(finding(source, at, 'belongs to prefills without formUrl: the form server tells the address'));
  }
  return findings;
}
