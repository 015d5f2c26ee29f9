// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, pointerTo, valueAt } from '@amtsbote/adapter-kit';
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

  /** Hands everything that found no place to the ledger, in the largest pieces possible. */
  keepRest(ledger: FormLedger): void {
    if (this.used.has('')) return;
    const above = this.aboveUsed();
    if (above.has('')) this.keepBelow(this.root, '', above, ledger);
    else if (this.root !== null) ledger.keep('', this.root);
  }

  /** Pointers of everything that has something used below it. */
  private aboveUsed(): ReadonlySet<string> {
    const above = new Set<string>();
    let last = '';
    for (const pointer of this.used) {
      let end = pointer.lastIndexOf('/');
      // Neighbours mostly follow one another: the way up from the first of them is the way of all.
      if (above.size > 0 && end === last.length && pointer.startsWith(last)) continue;
      last = pointer.slice(0, end);
      for (; end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
        const parent = pointer.slice(0, end);
        if (above.has(parent)) break;
        above.add(parent);
        if (end === 0) break;
      }
    }
    return above;
  }

  private keepBelow(container: JsonValue, pointer: string, above: ReadonlySet<string>, ledger: FormLedger): void {
    for (const [member, value] of Object.entries(container as object) as [string, JsonValue][]) {
      if (value === null) continue;
      const place = pointerTo(pointer, member);
      if (this.used.has(place)) continue;
      if (typeof value === 'object' && above.has(place)) this.keepBelow(value, place, above, ledger);
      else ledger.keep(place, value);
    }
  }
}
