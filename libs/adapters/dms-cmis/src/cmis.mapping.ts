// SPDX-License-Identifier: EUPL-1.2
import {
  compileIndexData,
  compileTexts,
  type DeliverableDocument,
  type FilingRequest,
  type IndexedFiling,
  type IndexedObject,
} from '@amtsbote/adapter-kit';

import { Unfit } from './cmis.errors.js';
import { codedName, legalName, type NameRules } from './cmis.names.mapping.js';
import type { CmisOptions } from './cmis.options.js';
import { hasDefault, type Role, type TargetType } from './cmis.types.mapping.js';
import { wireProperty } from './cmis.values.mapping.js';
import { QUERY_UNSAFE, type WireProperty } from './cmis.wire.js';

/** An object as it shall be, without its place and name. */
export interface ObjectPlan {
  readonly type: TargetType;
  readonly key: string;
  /** Names to be tried, the first that is free or already this object's; the last one carries a code of the key. */
  readonly names: readonly string[];
  /** Everything but the name. */
  readonly properties: readonly WireProperty[];
}
/** A document as it shall be. */
export interface DocumentPlan extends ObjectPlan {
  readonly document: DeliverableDocument;
}
/** Everything one filing needs, computed before the first write: what does not fit the types is found before anything is written. */
export interface FilingPlan {
  readonly akte: ObjectPlan;
  readonly vorgang: ObjectPlan;
  readonly documents: readonly DocumentPlan[];
}

/** Longest key: what an index of every supported database takes. */
const KEY_LENGTH_MAX = 250;

/** Compiles the operator's expressions once. See {@link compileIndexData}. */
export function compileMapping(options: CmisOptions): (request: FilingRequest, actKey: string) => IndexedFiling<readonly string[]> {
  const { akte, vorgang, document } = options;
  return compileIndexData({ akte: { ...akte, title: akte.title ?? akte.key }, vorgang, document }, compileTexts);
}

/**
 * Fits index data into the repository's types. Pure.
 * @throws Unfit when a value cannot be taken by its property.
 */
export function filingPlan(
  filing: IndexedFiling<readonly string[]>,
  types: Readonly<Record<Role, TargetType>>,
  names: NameRules,
): FilingPlan {
  return {
    akte: objectPlan(types.akte, filing.akte, names),
    vorgang: objectPlan(types.vorgang, filing.vorgang, names),
    documents: filing.documents.map(({ document, ...object }) => ({ document, ...objectPlan(types.document, object, names) })),
  };
}

function objectPlan(type: TargetType, { key, title, values }: IndexedObject<readonly string[]>, rules: NameRules): ObjectPlan {
  const { role, options, definition } = type;
  const wrong = (what: string): Unfit => new Unfit('untransferable', 'not-mappable', `the ${role}'s ${what}`, 'dmsMapping');
  if (key.trim() === '') throw wrong('key is empty');
  if (key.length > KEY_LENGTH_MAX) throw wrong(`key is longer than ${KEY_LENGTH_MAX}`);
  if (QUERY_UNSAFE.test(key)) throw wrong('key holds control characters');
  if (title.trim() === '') throw wrong('title is empty');
  const own: WireProperty[] = [{ id: 'cmis:objectTypeId', values: definition.id }];
  if (options.secondaryTypes.length > 0) own.push({ id: 'cmis:secondaryObjectTypeIds', values: options.secondaryTypes });
  const named = options.keyProperty === undefined ? values : [{ name: options.keyProperty, value: [key] }, ...values];
  return { type, key, names: namesOf(type, key, title, rules), properties: [...own, ...named.flatMap((value) => fitted(type, value))] };
}

/** Index data with the names that come first; the repository may have to take others. Pure. */
export function namedFiling<Value>(filing: IndexedFiling<Value>, options: CmisOptions): IndexedFiling<Value> {
  const named = <Object extends IndexedObject<Value>>(role: Role, object: Object): Object => {
    const [title = object.title] = namesOf({ role, options: options[role] }, object.key, object.title, options.names);
    return { ...object, title };
  };
  return {
    akte: named('akte', filing.akte),
    vorgang: named('vorgang', filing.vorgang),
    documents: filing.documents.map((document) => named('document', document)),
  };
}

/** Without a key property the name is the key: that of the Akte as far as it is legal, all others with a code of their key. */
function namesOf({ role, options }: Pick<TargetType, 'role' | 'options'>, key: string, title: string, rules: NameRules): string[] {
  const name = legalName(title, rules);
  const coded = codedName(name, key, rules);
  if (options.keyProperty !== undefined) return [name, coded];
  return role === 'akte' && name === key ? [name] : [coded];
}

function fitted(type: TargetType, { name, value }: IndexedObject<readonly string[]>['values'][number]): WireProperty[] {
  const definition = type.properties.get(name);
  if (definition === undefined) return [];
  const texts = value.filter((text) => text !== '');
  if (texts.length > 0) return [wireProperty(definition, texts)];
  if (definition.required !== true || hasDefault(definition.defaultValue)) return [];
  throw new Unfit('untransferable', 'required-value-missing', `${name} is required, and the mapping gives no value`, 'dmsRequired');
}
