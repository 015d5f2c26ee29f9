// SPDX-License-Identifier: EUPL-1.2

interface Kept<Value> {
  readonly value: Value;
  readonly bytes: number;
}

/**
 * Remembers what was made lately, up to a limit in bytes: filing and export of one application follow each other and want the same documents, and
 * rendering them is most of the work. The oldest goes first; what is larger than the limit is not kept at all.
 */
export class RecentlyMade<Value> {
  private readonly kept = new Map<string, Kept<Value>>();
  private bytes = 0;

  constructor(
    private readonly bytesMax: number,
    private readonly sizeOf: (value: Value) => number,
  ) {}

  /** @param key everything that the value depends on: equal key, equal value. */
  async get(key: string, make: () => Promise<Value>): Promise<Value> {
    const known = this.kept.get(key);
    if (known !== undefined) return known.value;
    const value = await make();
    this.keep(key, { value, bytes: this.sizeOf(value) });
    return value;
  }

  private keep(key: string, made: Kept<Value>): void {
    // Made twice at the same time.
    if (this.kept.has(key) || made.bytes > this.bytesMax) return;
    this.kept.set(key, made);
    this.bytes += made.bytes;
    for (const [oldest, { bytes }] of this.kept) {
      if (this.bytes <= this.bytesMax) return;
      this.kept.delete(oldest);
      this.bytes -= bytes;
    }
  }
}
