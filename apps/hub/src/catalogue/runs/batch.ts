// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueDocument, CataloguePage, CatalogueProgress } from '@amtsbote/adapter-kit';
import type { CatalogueFinding } from '@amtsbote/canonical';

import { type Refined, treat } from './refining.js';

/** What makes a batch full: enough that a transaction's cost does not count, little enough that two of them are no burden. */
const CHANGES_MAX = 1_000;
const CONTENT_BYTES_MAX = 1024 * 1024;
const FINDINGS_MAX = 1_000;
export const PAGES_MAX = 100;

/** Changes of one page with their place in the run. */
export interface StagedPart {
  /** Of the first change; from 1, over the whole run. */
  readonly position: number;
  readonly documentNo: number;
  /** What was read. */
  readonly refined?: Refined;
  /** What is as it was: digests of puts. */
  readonly recalled?: readonly string[];
}

/** Pages on their way into staging, saved together. */
export interface Batch {
  readonly parts: readonly StagedPart[];
  readonly findings: readonly { readonly finding: CatalogueFinding; readonly position: number }[];
  /** Documents that begin in this batch. */
  readonly documents: readonly { readonly document: CatalogueDocument; readonly no: number }[];
  /** Numbers of documents that turned out to be unusable, of this batch or earlier ones. */
  readonly withdrawn: readonly number[];
  /** Of the last page. */
  readonly mode: CataloguePage['mode'];
  readonly progress: CatalogueProgress;
  readonly position: number;
  /** The latest place where a later read could go on, with the number of changes up to it. */
  readonly resume: { readonly cursor: string; readonly position: number; readonly progress: CatalogueProgress } | undefined;
  readonly isLast: boolean;
}

/** Gathers pages into batches; numbers changes and documents over the whole run. */
export class Batches {
  private readonly numbers = new Map<string, number>();
  private open: Gathered = nothing();
  private mode: CataloguePage['mode'] | undefined;
  private progress: CatalogueProgress | undefined;

  /** @param position changes staged before; @param documents documents known before, by name. */
  constructor(
    private position: number,
    private readonly base: CatalogueProgress | undefined,
    documents: readonly { readonly name: string; readonly no: number }[] = [],
  ) {
    for (const { name, no } of documents) this.numbers.set(name, no);
  }

  /** Takes a page. @returns a batch when it is full or the read is over. */
  add(page: CataloguePage): Batch | undefined {
    const { open } = this;
    const documentNo = this.numberOf(page.document);
    if (page.isWithdrawn) {
      open.withdrawn.push(documentNo);
      open.parts = open.parts.filter((part) => part.documentNo !== documentNo);
      open.findings.push({ position: this.position, finding: withdrawalOf(page.document) });
    } else this.take(page, documentNo);
    for (const finding of page.findings) open.findings.push({ finding, position: this.position });
    this.mode = page.mode;
    this.progress = sum(this.base, page.progress);
    if (page.cursor !== null) open.resume = { cursor: page.cursor, position: this.position, progress: this.progress };
    open.pages += 1;
    return isFull(open) || page.isLast ? this.close(page.isLast) : undefined;
  }

  private take({ changes, treated, recalled = [] }: CataloguePage, documentNo: number): void {
    const { open } = this;
    if (recalled.length > 0) {
      open.parts.push({ position: this.position + 1, documentNo, recalled });
      this.position += recalled.length;
      open.changes += recalled.length;
    }
    // An adapter that lets changes be treated was given this treatment; others hand over the changes.
    const refined = (treated as Refined | undefined) ?? (changes.length === 0 ? undefined : treat(changes, []));
    if (refined === undefined || refined.count === 0) return;
    open.parts.push({ position: this.position + 1, documentNo, refined });
    this.position += refined.count;
    open.changes += refined.count;
    open.bytes += refined.contents.byteLength;
  }

  private close(isLast: boolean): Batch {
    if (this.mode === undefined || this.progress === undefined) throw new Error('a batch without pages');
    const { pages: _pages, changes: _changes, bytes: _bytes, ...gathered } = this.open;
    this.open = nothing();
    return { ...gathered, mode: this.mode, progress: this.progress, position: this.position, isLast };
  }

  private numberOf(document: CatalogueDocument): number {
    const known = this.numbers.get(document.name);
    if (known !== undefined) return known;
    const no = this.numbers.size + 1;
    this.numbers.set(document.name, no);
    this.open.documents.push({ document, no });
    return no;
  }
}

interface Gathered {
  parts: StagedPart[];
  readonly findings: { finding: CatalogueFinding; position: number }[];
  readonly documents: { document: CatalogueDocument; no: number }[];
  readonly withdrawn: number[];
  resume: Batch['resume'];
  pages: number;
  changes: number;
  bytes: number;
}

function isFull({ pages, changes, bytes, findings }: Gathered): boolean {
  return pages >= PAGES_MAX || changes >= CHANGES_MAX || bytes >= CONTENT_BYTES_MAX || findings.length >= FINDINGS_MAX;
}

function nothing(): Gathered {
  return { parts: [], findings: [], documents: [], withdrawn: [], resume: undefined, pages: 0, changes: 0, bytes: 0 };
}

/** What comparing goes by, and people read: of what a lost document described nobody knows whether it is still there. */
export const WITHDRAWN = 'catalogue/document-withdrawn';

function withdrawalOf({ name }: CatalogueDocument): CatalogueFinding {
  const message = 'The document was not taken. A snapshot without it removes nothing: what it described may still be there.';
  return { severity: 'muss', code: WITHDRAWN, message, document: name.slice(0, 500) };
}

/** A read that goes on counts from zero again: what was read before is added. */
function sum(base: CatalogueProgress | undefined, page: CatalogueProgress): CatalogueProgress {
  if (base === undefined) return page;
  return {
    ...page,
    documents: base.documents + page.documents,
    bytesRead: base.bytesRead + page.bytesRead,
    objects: base.objects + page.objects,
    unknownParts: base.unknownParts + page.unknownParts,
  };
}
