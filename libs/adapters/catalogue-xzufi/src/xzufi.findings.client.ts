// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueFinding } from '@amtsbote/canonical';

import type { LocalFinding } from './xzufi.record.mapping.js';

/** Findings of one code that are listed for one document; the rest is counted. */
const LISTED_MAX = 100;
/** Places of unknown parts that are told apart. */
const PLACES_MAX = 500;

/** Collects what is to be said about one document, without ever holding more than some hundred lines. */
export class DocumentFindings {
  private readonly counts = new Map<string, { listed: number; more: number }>();
  private readonly places = new Map<string, number>();
  private unlistedParts = 0;
  unknownParts = 0;
  private readonly adapter: string;
  private readonly document: string;

  constructor(adapter: string, document: string) {
    this.adapter = adapter;
    this.document = document;
  }

  /** The finding, complete; `undefined` when there are too many of its kind. What was not taken is always listed. */
  listed(finding: LocalFinding, lineOffset = 0): CatalogueFinding | undefined {
    const count = this.counts.get(finding.code) ?? { listed: 0, more: 0 };
    this.counts.set(finding.code, count);
    if (finding.severity === 'soll' && count.listed >= LISTED_MAX) {
      count.more += 1;
      return undefined;
    }
    count.listed += 1;
    const line = finding.line === undefined ? {} : { line: finding.line + lineOffset };
    return { ...finding, ...line, code: `${this.adapter}/${finding.code}`, document: this.document };
  }

  /** Counts parts without a place in the model. */
  countUnknown(places: readonly (readonly [string, number])[]): void {
    for (const [place, count] of places) {
      this.unknownParts += count;
      const before = this.places.get(place);
      if (before === undefined && this.places.size >= PLACES_MAX) this.unlistedParts += count;
      else this.places.set(place, (before ?? 0) + count);
    }
  }

  /** What is to be said at the end: the counts. */
  summary(): CatalogueFinding[] {
    const one = (code: string, message: string): CatalogueFinding => ({
      severity: 'soll',
      code: `${this.adapter}/${code}`,
      message: message.slice(0, 1_000),
      document: this.document,
    });
    const places = [...this.places].sort(([, a], [, b]) => b - a);
    return [
      ...[...this.counts].flatMap(([code, { more }]) =>
        more === 0 ? [] : [one(code, `${more} more findings of this code are not listed.`)],
      ),
      ...places.map(([place, count]) => one('part-unknown', `${place} has no place in the model; kept ${count} times.`)),
      ...(this.unlistedParts === 0 ? [] : [one('part-unknown', `${this.unlistedParts} more parts without a place in the model are kept.`)]),
    ];
  }
}
