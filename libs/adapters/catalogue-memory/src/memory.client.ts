// SPDX-License-Identifier: EUPL-1.2
import type { ListedChange } from './memory.options.js';

/** Changes on one page. */
const PAGE_LENGTH = 500;

/** Pages of a list from a position on, each with the position after it. */
export function* pagesOf(list: readonly ListedChange[], from: number): Generator<{ page: readonly ListedChange[]; next: number }> {
  for (let start = from; start < list.length; start += PAGE_LENGTH) {
    const next = Math.min(start + PAGE_LENGTH, list.length);
    yield { page: list.slice(start, next), next };
  }
}
