// SPDX-License-Identifier: EUPL-1.2
import type { Hold, Impact, RunCounts } from '@amtsbote/ops-api';

import type { CatalogueSourceConfig } from '../../config/hub-config.js';

/**
 * Why a run has to wait for a person; empty when it does not. Each kind is judged by itself: all offices of a town are few beside its
 * competences. Pure.
 */
export function holdsOf(
  counts: RunCounts,
  impact: readonly Impact[],
  { vanishShareMax, vanishCountMin, holdOnImpact }: Pick<CatalogueSourceConfig, 'vanishShareMax' | 'vanishCountMin' | 'holdOnImpact'>,
): Hold[] {
  const vanishing = Object.entries(counts.kinds).flatMap(([kind, { before, removed }]): Hold[] => {
    if (removed <= vanishCountMin || removed <= before * vanishShareMax) return [];
    const detail = `${removed} of ${before} objects of kind ${kind} would be removed.`;
    return [{ reason: 'vanishing', detail, kind, before, removed }];
  });
  if (!holdOnImpact || impact.length === 0) return vanishing;
  return [...vanishing, { reason: 'impact', detail: `${impact.length} things in use would break or change.` }];
}
