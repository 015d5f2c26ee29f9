// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, isJsonObject, pointerTo, valueAt } from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import type { TextSource } from './webhook.options.js';

/**
 * The sender's body while it is translated: remembers which values found a place, so that at the end everything else is known and kept. A
 * value that could not be used is simply not marked.
 */
export class SentDocument {
  private readonly used = new Set<string>();

  constructor(private readonly root: JsonValue) {}

  /** The value at a pointer; null counts as missing. */
  at(pointer: string | undefined): Exclude<JsonValue, null> | undefined {
    return pointer === undefined ? undefined : (valueAt(this.root, pointer) ?? undefined);
  }

  /** The value at `pointer`, with everything below it, has found its place. */
  markUsed(pointer: string): void {
    this.used.add(pointer);
  }

  /** The text at a pointer, or the operator's constant. Numbers become text; anything else is left alone. */
  text(source: TextSource | undefined): string | undefined {
    if (source === undefined) return undefined;
    if (typeof source !== 'string') return source.text;
    const value = this.at(source);
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    this.markUsed(source);
    return String(value);
  }

  /** Where everything stood that found a place, and what the operator ignores among what was sent; answers are among the first, too. */
  sources(ignored: readonly string[]): { mapped: readonly string[]; ignored: readonly string[] } {
    return { mapped: [...this.used], ignored: ignored.filter((pointer) => this.at(pointer) !== undefined) };
  }

  /** Hands everything that found no place to the ledger, in the largest pieces possible. */
  keepRest(ledger: FormLedger): void {
    const above = new Set<string>();
    for (const pointer of this.used) {
      for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
        const parent = pointer.slice(0, end);
        if (above.has(parent)) break;
        above.add(parent);
        if (end === 0) break;
      }
    }
    this.keepBelow(this.root, '', above, ledger);
  }

  private keepBelow(value: JsonValue, pointer: string, above: ReadonlySet<string>, ledger: FormLedger): void {
    if (value === null || this.used.has(pointer)) return;
    if (!above.has(pointer) || typeof value !== 'object') {
      ledger.keep(pointer, value);
      return;
    }
    const members = isJsonObject(value) ? Object.entries(value) : value.entries();
    for (const [member, below] of members) this.keepBelow(below, pointerTo(pointer, member), above, ledger);
  }
}
