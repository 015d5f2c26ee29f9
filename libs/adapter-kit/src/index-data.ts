// SPDX-License-Identifier: EUPL-1.2
import type { DeliverableDocument } from './documents.js';
import type { Expression, ExpressionSubject } from './expression.js';
import { compileText } from './expression.js';
import { filingWords } from './filing-place.js';
import { filedFor, type FilingPreview, type FilingRequest, type PreviewedObject } from './ports/dms.js';

/** How an object is described in a DMS with index data: expressions of the operator. */
export interface ObjectMapping {
  readonly title: string;
  /** Property of the DMS → expression. */
  readonly properties: Readonly<Record<string, string>>;
}
/** How a filing is described. A document's title is its file name. */
export interface FilingMapping {
  /** `key`: which Akte an application belongs to; equal text, same Akte. */
  readonly akte: ObjectMapping & { readonly key: string };
  readonly vorgang: ObjectMapping;
  readonly document: Pick<ObjectMapping, 'properties'>;
}

/** An object with its index data, without its place. */
export interface IndexedObject<Value> {
  /** Under which it is found again: that of the Akte, the application's id, the act's key and the document's. */
  readonly key: string;
  readonly title: string;
  /** In the order of the configuration. */
  readonly values: readonly { readonly name: string; readonly value: Value }[];
}
/** A document with its index data. */
export interface IndexedDocument<Value> extends IndexedObject<Value> {
  readonly document: DeliverableDocument;
}
/** Everything a filing says, computed before the first call: a gap in the data is found before anything is written. */
export interface IndexedFiling<Value> {
  readonly akte: IndexedObject<Value>;
  readonly vorgang: IndexedObject<Value>;
  readonly documents: readonly IndexedDocument<Value>[];
}

/**
 * Compiles the operator's expressions once. The one mapping of all DMS with Akte > Vorgang > document and index data.
 * @param compileValue how one value is compiled: `compileText`, or `compileTexts` where properties may hold several values.
 * @returns the index data of a filing for the key of an act. It throws ExpressionError when this application lacks what an expression reads.
 */
export function compileIndexData<Value>(
  mapping: FilingMapping,
  compileValue: (source: string) => Expression<Value>,
): (request: FilingRequest, actKey: string) => IndexedFiling<Value> {
  const akteKey = compileText(mapping.akte.key);
  const akteTitle = compileText(mapping.akte.title);
  const vorgangTitle = compileText(mapping.vorgang.title);
  const akteValues = compileValues(mapping.akte.properties, compileValue);
  const vorgangValues = compileValues(mapping.vorgang.properties, compileValue);
  const documentValues = compileValues(mapping.document.properties, compileValue);

  return (request, actKey) => {
    // Akte and Vorgang are the application's; its decision, and what joins it, only add documents and must find the same ones.
    const { place } = request;
    const application = filedFor(request);
    const subject = { application, filing: filingWords(place) };
    const act = { application: request.application, decision: request.decision !== undefined };
    const titles = { akte: place?.akte.title ?? akteTitle(subject), vorgang: place?.vorgang.title ?? vorgangTitle(subject) };
    return {
      akte: { key: place?.akte.key ?? akteKey(subject), title: titles.akte, values: akteValues(subject) },
      vorgang: { key: application.id, title: titles.vorgang, values: vorgangValues(subject) },
      documents: request.documents.map((document) => ({
        document,
        key: `${actKey}/${document.key}`,
        title: document.fileName,
        values: documentValues({ ...act, document, filing: filingWords(place, document.role) }),
      })),
    };
  };
}

function compileValues<Value>(
  mapping: Readonly<Record<string, string>>,
  compileValue: (source: string) => Expression<Value>,
): (subject: ExpressionSubject) => IndexedObject<Value>['values'] {
  const compiled = Object.entries(mapping).map(([name, source]) => ({ name, value: compileValue(source) }));
  return (subject) => compiled.map(({ name, value }) => ({ name, value: value(subject) }));
}

/** Shows a filing's index data. `classes`: what the DMS calls the three. Pure. */
export function previewOf(
  { akte, vorgang, documents }: IndexedFiling<string | readonly string[]>,
  cabinet: string,
  classes: Readonly<Record<'akte' | 'vorgang' | 'document', string>>,
): FilingPreview {
  const shown = (className: string, { key, title, values }: IndexedObject<string | readonly string[]>): PreviewedObject => ({
    ...{ key, title, class: className },
    properties: values.map(({ name, value }) => ({ name, values: typeof value === 'string' ? [value] : value })),
  });
  return {
    cabinet,
    akte: shown(classes.akte, akte),
    vorgang: shown(classes.vorgang, vorgang),
    documents: documents.map((each) => ({ ...shown(classes.document, each), document: each.document.key })),
  };
}
