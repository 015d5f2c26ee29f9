// SPDX-License-Identifier: EUPL-1.2

/**
 * A limited number of places (or bytes) for several parties. Half of them are promised, to each party the same; the rest is for whoever comes. A
 * party that takes all it can get leaves the promised ones of the others alone, and one that is alone may have everything but those. Pure but
 * for its counts.
 */
export class SharedPlaces {
  private readonly taken = new Map<string, number>();
  private readonly promised: number;

  /** @param parties those to whom a share is promised, at least one place each even when there are more parties than places. */
  constructor(
    readonly max: number,
    parties: readonly string[],
  ) {
    this.promised = Math.max(1, Math.floor(max / 2 / Math.max(1, parties.length)));
    for (const party of parties) this.taken.set(party, 0);
  }

  /** How many one party can have when nobody else has any. */
  get reachable(): number {
    return Math.max(this.promised, this.max - this.promised * Math.max(0, this.taken.size - 1));
  }

  /** Takes `count` places, or none. @returns whether there were so many. */
  take(party: string, count = 1): boolean {
    const own = this.taken.get(party) ?? 0;
    if (own + count > this.promised && this.total + count + this.keptFor(party) > this.max) return false;
    this.taken.set(party, own + count);
    return true;
  }

  leave(party: string, count = 1): void {
    this.taken.set(party, Math.max(0, (this.taken.get(party) ?? 0) - count));
  }

  get total(): number {
    let total = 0;
    for (const count of this.taken.values()) total += count;
    return total;
  }

  /** Promised to the others and not taken by them. */
  private keptFor(party: string): number {
    let kept = 0;
    for (const [other, count] of this.taken) if (other !== party) kept += Math.max(0, this.promised - count);
    return kept;
  }
}
