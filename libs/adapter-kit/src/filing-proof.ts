// SPDX-License-Identifier: EUPL-1.2
import type { FilingRequest, HeldDocument } from './ports/dms.js';

/** A document as it was read back. */
export interface ProvenDocument {
  readonly key: string;
  readonly id: string;
  readonly size: number;
  readonly sha512?: string;
  readonly version?: string;
}
/** How what a DMS holds compares with what was sent. */
export interface FilingComparison {
  readonly proven: readonly ProvenDocument[];
  /** Keys of documents that are not there. */
  readonly missing: readonly string[];
  /** Keys of documents of another length, or of the same length with other bytes. */
  readonly changed: readonly string[];
}

/** Compares what a DMS holds with what was sent. A document it says nothing of is missing. Pure. */
export function compareFiling({ documents }: Pick<FilingRequest, 'documents'>, held: readonly HeldDocument[]): FilingComparison {
  const byKey = new Map(held.map((document) => [document.key, document]));
  const proven: ProvenDocument[] = [];
  const [missing, changed]: [string[], string[]] = [[], []];
  for (const { key, size, sha512 } of documents) {
    const { id, content } = byKey.get(key) ?? { id: '', content: null };
    if (content === null) missing.push(key);
    else if (content.size !== size || (content.sha512 !== undefined && content.sha512 !== sha512)) changed.push(key);
    else proven.push({ key, id, ...content });
  }
  return { proven, missing, changed };
}
