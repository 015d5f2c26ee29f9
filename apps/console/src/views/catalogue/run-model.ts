// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueRunProgress, RunView } from '@amtsbote/ops-api';

/** States in which something still happens by itself. */
const UNDER_WAY: readonly RunView['state'][] = ['requested', 'reading', 'comparing', 'applying'];

/** Whether somebody who watches has something to see. Pure. */
export function isUnderWay({ state }: Pick<RunView, 'state'>): boolean {
  return UNDER_WAY.includes(state);
}

/** Whether it can still be ended before it is applied. Pure. */
export function mayCancel(run: Pick<RunView, 'state'>): boolean {
  return isUnderWay(run) || run.state === 'held';
}

/** Whether the source can be brought back to what it was after this run. Pure. */
export function mayGoBack({ state, isDryRun, version }: Pick<RunView, 'state' | 'isDryRun' | 'version'>): boolean {
  return state === 'applied' && !isDryRun && version !== null;
}

/** How much of the source has been read, from 0 to 1; `undefined` when the source does not say how much it is. Pure. */
export function shareRead({ bytesRead, bytesTotal, documents, documentsTotal }: CatalogueRunProgress): number | undefined {
  if (bytesTotal !== undefined && bytesTotal > 0) return Math.min(1, bytesRead / bytesTotal);
  return documentsTotal === undefined || documentsTotal === 0 ? undefined : Math.min(1, documents / documentsTotal);
}
