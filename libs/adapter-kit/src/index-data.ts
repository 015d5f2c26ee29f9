// SPDX-License-Identifier: EUPL-1.2
import type { DeliverableDocument } from './documents.js';
import type { Expression, ExpressionSubject } from './expression.js';
import { compileText } from './expression.js';
import type { FilingRequest } from './ports/dms.js';

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
    // Akte and Vorgang are the application's; its decision only adds documents and must find the same ones.
    const subject = { application: request.application };
    const act = { ...subject, decision: request.decision !== undefined };
    return {
      akte: { key: akteKey(subject), title: akteTitle(subject), values: akteValues(subject) },
      vorgang: { key: request.application.id, title: vorgangTitle(subject), values: vorgangValues(subject) },
      documents: request.documents.map((document) => ({
        document,
        key: `${actKey}/${document.key}`,
        title: document.fileName,
        values: documentValues({ ...act, document }),
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
