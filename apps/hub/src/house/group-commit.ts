// SPDX-License-Identifier: EUPL-1.2
import type { Clock } from '@amtsbote/canonical';

/** How many are stored together. */
export interface GroupLimits {
  /** Groups under way at the same time; the first goes with whoever is there, others when they are large or the one before them is slow. */
  readonly atOnceMax: number;
  /** Members of one group. */
  readonly membersMax: number;
  /** Weight of one group; who weighs more goes alone. */
  readonly weightMax: number;
  /** From this time on, in milliseconds, a group is slow. */
  readonly slowMs: number;
  /** Longest wait for a group, in milliseconds. */
  readonly waitMsMax: number;
}

/** Nothing was stored, nor tried: those before took too long. */
export class WaitedTooLong extends Error {
  override readonly name = 'WaitedTooLong';
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly weight: number;
  readonly since: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Stores what comes at the same time together: whoever comes while a group is under way waits for the next one, and shares its statement, its
 * commit and its flush to disk. With nothing under way everything goes that has arrived in this turn of the event loop: without that the first
 * of many would go alone, and half of all statements would store a single one. A group beside another has to be large, so that a busy hub makes
 * few of them; unless the other is slow, so that nobody stands behind a statement that waits for a lock. First come, first stored.
 *
 * A group that fails was not stored. Unless its outcome is unknown, each member is tried again by itself, so that one that cannot be stored
 * fails alone, and nobody stands in line behind it.
 */
export class GroupCommit<Item, Result> {
  private readonly waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;
  private startedAt = 0;
  private isGathering = false;
  private isPatient = false;

  constructor(
    /** All or nothing; results in the order of the items. */
    private readonly storeAll: (items: readonly Item[]) => Promise<readonly Result[]>,
    /** Whether a group that failed may have been stored all the same: then nobody is tried again. */
    private readonly isOutcomeUnknown: (error: unknown) => boolean,
    private readonly limits: GroupLimits,
    private readonly clock: Clock,
    /** Runs something once everything that has arrived by now was looked at. */
    private readonly soon: (act: () => void) => void = setImmediate,
  ) {}

  /**
   * @param weight share of the group's limit that this item takes.
   * @throws whatever storing this very item throws; whatever failed, when nobody knows what became of its group; {@link WaitedTooLong}.
   */
  store(item: Item, weight: number): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, weight, since: this.clock.now().getTime(), resolve, reject });
      if (this.isGathering) return;
      this.isGathering = true;
      this.soon(() => {
        this.isGathering = false;
        this.go();
      });
    });
  }

  private go(): void {
    this.dismissLate();
    while (this.mayGo()) {
      this.underWay += 1;
      this.startedAt = this.clock.now().getTime();
      void this.storeGroup(this.waiting.splice(0, this.nextGroup().members)).finally(() => {
        this.underWay -= 1;
        this.go();
      });
    }
    if (this.waiting.length > 0) this.lookAgain();
  }

  private mayGo(): boolean {
    const { atOnceMax, slowMs } = this.limits;
    if (this.waiting.length === 0 || this.underWay >= atOnceMax) return false;
    return this.underWay === 0 || this.nextGroup().isLarge || this.clock.now().getTime() - this.startedAt >= slowMs;
  }

  /** For those who wait behind a group that may turn out to be slow. */
  private lookAgain(): void {
    if (this.isPatient) return;
    this.isPatient = true;
    void this.clock.sleep(this.limits.slowMs).then(() => {
      this.isPatient = false;
      this.go();
    });
  }

  /** Half of what a group may be is enough for one beside another: more would leave database and process waiting for each other by turns. */
  private nextGroup(): { members: number; isLarge: boolean } {
    let [members, weight] = [0, 0];
    for (const { weight: own } of this.waiting) {
      const isFull = members >= this.limits.membersMax || weight + own > this.limits.weightMax;
      if (isFull && members > 0) return { members, isLarge: true };
      members += 1;
      weight += own;
    }
    return { members, isLarge: members >= this.limits.membersMax / 2 || weight >= this.limits.weightMax / 2 };
  }

  private dismissLate(): void {
    const now = this.clock.now().getTime();
    const { waitMsMax } = this.limits;
    const firstInTime = this.waiting.findIndex(({ since }) => now - since <= waitMsMax);
    const late = this.waiting.splice(0, firstInTime < 0 ? this.waiting.length : firstInTime);
    for (const { since, reject } of late)
      reject(new WaitedTooLong(`waited ${now - since} ms to be stored, at most ${waitMsMax} are allowed`));
  }

  /** Never throws: every member is told. Over as soon as the group is; members that are tried again go on by themselves. */
  private async storeGroup(group: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.storeAll(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (group.length === 1 || this.isOutcomeUnknown(error)) for (const { reject } of group) reject(error);
      else for (const member of group) void this.storeGroup([member]);
    }
  }
}
