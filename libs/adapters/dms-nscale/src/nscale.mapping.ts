// SPDX-License-Identifier: EUPL-1.2
import { compileIndexData, compileText, type DeliverableDocument, type FilingRequest, type IndexedObject } from '@amtsbote/adapter-kit';

import { MappingError } from './nscale.errors.js';
import type { NscaleOptions } from './nscale.options.js';
import { type DocumentCreation, NQL_UNSAFE, type Property } from './nscale.wire.js';

/** An object as it shall be, without its place. */
export interface ObjectPlan {
  readonly objectClass: string;
  /** Under which it is found again. */
  readonly key: { readonly property: string; readonly value: string };
  readonly title: string;
  /** Index data including key and title. */
  readonly properties: Property[];
}
/** A document as it shall be. */
export interface DocumentPlan extends ObjectPlan {
  readonly document: DeliverableDocument;
}
/** Everything one filing needs, computed before the first call: a gap in the data is found before anything is written. */
export interface FilingPlan {
  readonly akte: ObjectPlan;
  readonly vorgang: ObjectPlan;
  readonly documents: readonly DocumentPlan[];
}

/** Longest key value: what an index of every supported database takes. */
const KEY_LENGTH_MAX = 250;

/**
 * Compiles the operator's expressions once.
 * @returns the plan of a filing for the key of an act. It throws ExpressionError or MappingError when this application cannot be expressed.
 */
export function compileMapping(options: NscaleOptions): (request: FilingRequest, actKey: string) => FilingPlan {
  const indexData = compileIndexData(options, compileText);
  return (request, actKey) => {
    const { akte, vorgang, documents } = indexData(request, actKey);
    return {
      akte: plan(options.akte, akte),
      vorgang: plan(options.vorgang, vorgang),
      documents: documents.map(({ document, ...object }) => ({ document, ...plan(options.document, object) })),
    };
  };
}

function plan(target: { objectClass: string; keyProperty: string }, { key, title, values }: IndexedObject<string>): ObjectPlan {
  const { objectClass, keyProperty } = target;
  if (key.trim() === '') throw new MappingError(`the key for ${keyProperty} of ${objectClass} is empty`);
  if (key.length > KEY_LENGTH_MAX) throw new MappingError(`the key for ${keyProperty} of ${objectClass} is longer than ${KEY_LENGTH_MAX}`);
  if (NQL_UNSAFE.test(key)) throw new MappingError(`the key for ${keyProperty} of ${objectClass} holds quotes, backslashes or controls`);
  if (title.trim() === '') throw new MappingError(`the title of ${objectClass} is empty`);
  const own = [
    { name: 'displayname', value: title },
    { name: keyProperty, value: key },
  ];
  return { objectClass, key: { property: keyProperty, value: key }, title, properties: [...own, ...values] };
}

/** Body parts of a document's creation; the citizen's own file name is kept as the content item's display name. */
export function documentCreation(plan: DocumentPlan, parentResourceKey: string): DocumentCreation {
  const { fileName, originalName, mediaType } = plan.document;
  return {
    objectclass: plan.objectClass,
    parentResourceKey,
    properties: plan.properties,
    content: { contentType: mediaType, items: [{ name: fileName, displayName: originalName, contentType: mediaType, part: 'item0' }] },
  };
}
