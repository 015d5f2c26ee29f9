// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueMode } from '@amtsbote/adapter-kit';
import { type CatalogueChange, targetOf } from '@amtsbote/canonical';

/** The person who writes the list: appends entries, or keeps it as it should be now. There is no line that could fail. */
export class ListSimulator {
  readonly objects: CatalogueChange[] = [];
  readonly requests: string[] = [];

  constructor(private readonly mode: CatalogueMode = 'increments') {}

  publish(changes: readonly CatalogueChange[]): void {
    for (const change of changes) {
      if (this.mode === 'snapshot') this.forget(change);
      if (this.mode === 'increments' || change.op === 'put') this.objects.push(change);
    }
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

  private forget(change: CatalogueChange): void {
    const target = JSON.stringify(targetOf(change));
    const position = this.objects.findIndex((one) => JSON.stringify(targetOf(one)) === target);
    if (position !== -1) this.objects.splice(position, 1);
  }
}
