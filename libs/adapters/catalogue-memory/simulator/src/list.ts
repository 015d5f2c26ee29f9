// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange } from '@amtsbote/adapter-kit';

/** The person who writes the list: appends entries. There is no line that could fail. */
export class ListSimulator {
  readonly objects: CatalogueChange[] = [];
  readonly requests: string[] = [];

  publish(changes: readonly CatalogueChange[]): void {
    this.objects.push(...changes);
  }
  fail(): void {
    throw new Error('a list in the configuration cannot fail on the way');
  }
  heal(): void {
    // Nothing was broken.
  }
  async stop(): Promise<void> {
    // Nothing runs.
  }
}
