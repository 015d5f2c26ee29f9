// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';

import { IntakeRejection } from '../../intake-rejection.js';
import type { FormLedger } from '../form-limits.js';
import { pointerTo, shortPointer, valueAt } from '../json-pointer.js';
import { boundExpression, MappingExpressionError, SUBMISSION_MS_MAX } from './bound-expression.js';
import { TimeBudget } from './bounded.js';
import type { Source } from './form-mapping.js';
import { readingOf, type Scalar } from './reading.js';

/** Tables of a mapping, by name. */
export type Tables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** How a value is asked for. */
export interface ValueWishes {
  /** Where pointers of a repeated group begin. */
  readonly row?: string;
  /** What is not usable is left where it stands. */
  readonly isUsable?: (value: Scalar) => boolean;
}

/** What a source gave, and the places it came from. */
interface Given {
  readonly value: Scalar | undefined;
  readonly places: readonly string[];
  /** Whether something else stands for what was sent. */
  readonly isReplaced: boolean;
}

/**
 * The sender's body while it is translated: remembers which values found a place, so that at the end everything else is known and kept. A
 * value that could not be used is simply not marked.
 */
export class SentDocument {
  private readonly used = new Set<string>();
  private readonly replaced = new Set<string>();
  private readonly budget = new TimeBudget(SUBMISSION_MS_MAX);

  constructor(
    private readonly root: JsonValue,
    private readonly tables: Tables = {},
  ) {}

  /** The value at a pointer; null counts as missing. */
  at(pointer: string | undefined): Exclude<JsonValue, null> | undefined {
    return pointer === undefined ? undefined : (valueAt(this.root, pointer) ?? undefined);
  }

  /** The value at `pointer`, with everything below it, has found its place. */
  markUsed(pointer: string): void {
    this.used.add(pointer);
  }

  /** The text of a source, or nothing. Numbers become text; anything else is left alone. @throws IntakeRejection as {@link value} does. */
  text(source: Source | undefined): string | undefined {
    const value = this.value(source, { isUsable: (given) => typeof given !== 'boolean' });
    return value === undefined ? undefined : String(value);
  }

  /**
   * What a source gives, if it is usable; the places it comes from have then found their place. Objects and lists are no values. What a table or
   * an expression put something else in the place of is kept among the unmapped all the same.
   * @throws IntakeRejection `untranslatable`, code `expression-failed`, `expression-too-slow` or `expression-too-large`.
   */
  value(source: Source | undefined, { row = '', isUsable = () => true }: ValueWishes = {}): Scalar | undefined {
    if (source === undefined) return undefined;
    if (typeof source === 'object' && 'text' in source) return source.text;
    const given = this.given(source, row);
    const value = given?.value;
    if (given === undefined || value === undefined || !isUsable(value)) {
      return typeof source === 'object' && 'otherwise' in source ? source.otherwise : undefined;
    }
    for (const place of given.places) (given.isReplaced ? this.replaced : this.used).add(place);
    return value;
  }

  private given(source: Exclude<Source, { text: string }>, row: string): Given | undefined {
    if (typeof source === 'object' && 'expr' in source) return this.evaluated(source, row);
    const reading = typeof source === 'string' ? { at: source } : source;
    const place = [reading.at]
      .flat()
      .map((pointer) => absolute(pointer, row))
      .find((pointer) => this.isAnswered(pointer));
    if (place === undefined) return undefined;
    return { value: readingOf(reading, this.at(place), this.tables), places: [place], isReplaced: reading.lookup !== undefined };
  }

  private isAnswered(pointer: string): boolean {
    return this.at(pointer) !== undefined;
  }

  private evaluated(spec: { from: Readonly<Record<string, string>>; expr: string }, row: string): Given {
    const places = Object.entries(spec.from).map(([name, pointer]) => [name, absolute(pointer, row)] as const);
    try {
      const values = Object.fromEntries(places.map(([name, place]) => [name, this.at(place) ?? null]));
      const value = boundExpression(spec).evaluate(values, this.budget);
      const there = places.map(([, place]) => place).filter((place) => this.at(place) !== undefined);
      return { value: value === null || typeof value === 'object' ? undefined : value, places: there, isReplaced: true };
    } catch (error) {
      if (!(error instanceof MappingExpressionError)) throw error;
      throw new IntakeRejection('untranslatable', error.code, error.message, shortPointer(places[0]?.[1] ?? '', 300));
    }
  }

  /** Where everything stood that found a place, and what the operator ignores among what was sent; answers are among the first, too. */
  sources(ignored: readonly string[]): { mapped: readonly string[]; ignored: readonly string[] } {
    return { mapped: [...this.used, ...this.replaced], ignored: ignored.filter((pointer) => this.at(pointer) !== undefined) };
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

/** A pointer within a row counts from the row. */
export function absolute(pointer: string, row: string): string {
  return pointer.startsWith('.') ? `${row}${pointer.slice(1)}` : pointer;
}
