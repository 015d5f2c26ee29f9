// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueMode, CataloguePage, CatalogueProgress } from '@amtsbote/adapter-kit';
import type { CatalogueFinding } from '@amtsbote/canonical';

import type { DocumentPart } from './xzufi.reader.client.js';

/** Keeps the running totals of a read, and makes its pages. */
export class PageMaker {
  private documents = 0;
  private bytesBefore = 0;
  private bytesRead = 0;
  private objects = 0;
  private unknownParts = 0;
  private objectsOfDocument = 0;
  private partsOfDocument = 0;
  private readonly mode: CatalogueMode;
  private readonly totals: Pick<CatalogueProgress, 'documentsTotal' | 'bytesTotal'>;

  constructor(mode: CatalogueMode, totals: Pick<CatalogueProgress, 'documentsTotal' | 'bytesTotal'>) {
    this.mode = mode;
    this.totals = totals;
  }

  /** Changes that were handed over and not withdrawn. */
  get objectsTaken(): number {
    return this.objects;
  }

  /** A document's next page. */
  page({ document, changes, treated, recalled, objects, findings, unknownParts, bytesRead }: DocumentPart): CataloguePage {
    this.objects += objects;
    this.objectsOfDocument += objects;
    this.unknownParts += unknownParts;
    this.partsOfDocument += unknownParts;
    this.bytesRead = this.bytesBefore + bytesRead;
    const instead = { ...(treated === undefined ? {} : { treated }), ...(recalled === undefined ? {} : { recalled }) };
    return { ...this.shape({ document, changes, findings }), ...instead };
  }

  /** The last page of a document. */
  closing(name: string, end: { findings?: readonly CatalogueFinding[]; cursor: string | null; isLast: boolean }): CataloguePage {
    this.nextDocument();
    return { ...this.shape({ document: { name }, changes: [], findings: end.findings ?? [] }), cursor: end.cursor, isLast: end.isLast };
  }

  /** The page that takes back what came from a document. */
  withdrawal(name: string, finding: CatalogueFinding, end: { cursor: string | null; isLast: boolean }): CataloguePage {
    this.objects -= this.objectsOfDocument;
    this.unknownParts -= this.partsOfDocument;
    return { ...this.closing(name, { ...end, findings: [finding] }), isWithdrawn: true };
  }

  private nextDocument(): void {
    this.documents += 1;
    this.objectsOfDocument = 0;
    this.partsOfDocument = 0;
    this.bytesBefore = this.bytesRead;
  }

  private shape(part: Pick<CataloguePage, 'document' | 'changes' | 'findings'>): CataloguePage {
    const { documents, bytesRead, objects, unknownParts } = this;
    const progress = { ...this.totals, documents, bytesRead, objects, unknownParts };
    return { mode: this.mode, ...part, isWithdrawn: false, progress, cursor: null, isLast: false };
  }
}
