// SPDX-License-Identifier: EUPL-1.2

/** How many are stored together. */
export interface GroupLimits {
  /** Groups under way at the same time. */
  readonly atOnceMax: number;
  /** Members of one group. */
  readonly membersMax: number;
  /** Weight of one group; who weighs more goes alone. */
  readonly weightMax: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stores what comes at the same time together: whoever comes while groups are under way waits for the next one, and shares its statement, its
 * commit and its flush to disk. Nobody waits for company: with nothing under way, one goes at once and alone.
 *
 * A group that fails was not stored. Unless its outcome is unknown, each member is tried again by itself, so that one that cannot be stored
 * fails alone.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;

  constructor(
    /** All or nothing; results in the order of the items. */
    private readonly storeAll: (items: readonly Item[]) => Promise<readonly Result[]>,
    /** Whether a group that failed may have been stored all the same: then nobody is tried again. */
    private readonly isOutcomeUnknown: (error: unknown) => boolean,
    private readonly limits: GroupLimits,
  ) {}

  /** @throws what storing this very item throws; or whatever failed, when nobody knows what became of its group. */
  store(item: Item, weight: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, weight, resolve, reject });
      this.go();
    });
  }

  private go(): void {
    while (this.waiting.length > 0 && this.underWay < this.limits.atOnceMax) {
      this.underWay += 1;
      void this.storeGroup(this.nextGroup()).finally(() => {
        this.underWay -= 1;
        this.go();
      });
    }
  }

  private nextGroup(): Waiting<Item, Result>[] {
    let [members, weight] = [0, 0];
    for (const { weight: own } of this.waiting) {
      const isFull = members >= this.limits.membersMax || weight + own > this.limits.weightMax;
      if (isFull && members > 0) break;
      members += 1;
      weight += own;
    }
    return this.waiting.splice(0, members);
  }

  /** Never throws: every member is told. */
  private async storeGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.storeAll(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (group.length === 1 || this.isOutcomeUnknown(error)) for (const { reject } of group) reject(error);
      else for (const member of group) await this.storeGroup([member]);
    }
  }
}
