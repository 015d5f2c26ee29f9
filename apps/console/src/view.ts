// SPDX-License-Identifier: EUPL-1.2

import type { Session } from '@amtsbote/ops-api';

/** What a view gets. */
export interface Stage {
  readonly main: HTMLElement;
  readonly session: Session;
  /** Address of the view, after the `#/`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
}

/** A shown view; `refresh` brings it up to date and is called every few seconds. */
export interface View {
  /** For the title of the page. */
  readonly title: string;
  refresh(): Promise<void>;
  /** Milliseconds until the next refresh, for what is worth a closer look now; absent or `undefined`: as always. */
  readonly refreshMs?: () => number | undefined;
}
