// SPDX-License-Identifier: EUPL-1.2
import { compileIndexData, compileTexts, type DeliverableDocument, type FilingRequest, type IndexedObject } from '@amtsbote/adapter-kit';

import { Unfit } from './dvelop.errors.js';
import type { DvelopOptions } from './dvelop.options.js';
import { type Creation, SEARCH_UNSAFE, type SourceAnswer } from './dvelop.wire.js';

/** An object as it shall be, without its place. */
export interface ObjectPlan {
  readonly category: string;
  /** Under which it is found again. */
  readonly key: { readonly property: string; readonly value: string };
  readonly title: string;
  readonly titleProperty?: string;
  /** Index data including key and title. */
  readonly properties: Creation['sourceProperties']['properties'];
}
/** A document as it shall be. */
export interface DocumentPlan extends ObjectPlan {
  readonly document: DeliverableDocument;
}
/** Everything one filing needs, computed before the first write: a gap in the data is found before anything is written. */
export interface FilingPlan {
  readonly akte: ObjectPlan;
  readonly vorgang: ObjectPlan;
  readonly documents: readonly DocumentPlan[];
}

type Target = Pick<DvelopOptions['document'], 'category' | 'keyProperty' | 'properties' | 'rules'> & { readonly titleProperty?: string };

/** Longest key: what a property of d.3 takes in every version [I]. */
const KEY_LENGTH_MAX = 250;

/**
 * Compiles the operator's expressions once.
 * @returns the plan of a filing for the key of an act. It throws ExpressionError or Unfit when this application cannot be expressed.
 */
export function compileMapping(options: DvelopOptions): (request: FilingRequest, actKey: string) => FilingPlan {
  const mapping = { akte: options.akte, vorgang: options.vorgang, document: options.document };
  const indexData = compileIndexData<readonly string[]>(mapping, compileTexts);
  const { valueLengthMax } = options.limits;
  return (request, actKey) => {
    const { akte, vorgang, documents } = indexData(request, actKey);
    return {
      akte: plan(options.akte, akte, valueLengthMax),
      vorgang: plan(options.vorgang, vorgang, valueLengthMax),
      documents: documents.map(({ document, ...object }) => ({ document, ...plan(options.document, object, valueLengthMax) })),
    };
  };
}

function plan(target: Target, { key, title, values }: IndexedObject<readonly string[]>, lengthMax: number): ObjectPlan {
  const { category, keyProperty, titleProperty, rules } = target;
  if (key.trim() === '') throw unfit('not-mappable', `the key for ${keyProperty} is empty`);
  if (key.length > KEY_LENGTH_MAX) throw unfit('not-mappable', `the key for ${keyProperty} is longer than ${KEY_LENGTH_MAX}`);
  if (SEARCH_UNSAFE.test(key)) throw unfit('not-mappable', `the key for ${keyProperty} holds *, ? or control characters`);
  if (title.trim() === '') throw unfit('not-mappable', `the title of ${category} is empty`);
  const mapped = values.map(({ name, value }) => ({ key: name, values: value }));
  const titled = titleProperty === undefined ? [] : [{ key: titleProperty, values: [title] }];
  const properties = [{ key: keyProperty, values: [key] }, ...titled, ...mapped];
  for (const [name, rule] of Object.entries(rules))
    checkRule(name, rule, properties.find((property) => property.key === name)?.values ?? []);
  for (const { key: name, values: texts } of properties) {
    if (texts.some((text) => text.length > lengthMax)) throw tooLong(name, lengthMax);
  }
  // A property without a value is not sent: whether an empty one would be taken is not known.
  const known = properties.filter(({ values: texts }) => texts.length > 0);
  return {
    ...{ category, key: { property: keyProperty, value: key }, title, properties: known },
    ...(titleProperty === undefined ? {} : { titleProperty }),
  };
}

function checkRule(name: string, rule: DvelopOptions['document']['rules'][string], texts: readonly string[]): void {
  const { required, lengthMax, choices } = rule;
  if (required && texts.length === 0) throw unfit('value-missing', `${name} is required, and this application has no value`, 'dmsRequired');
  if (lengthMax !== undefined && texts.some((text) => text.length > lengthMax)) throw tooLong(name, lengthMax);
  if (choices !== undefined && texts.some((text) => !choices.includes(text))) {
    throw unfit('value-not-a-choice', `${name} takes only values of its list, and the value is none of them`, 'dmsChoice');
  }
}

/**
 * Compares the configuration with what the source offers. Pure.
 * @throws Unfit, kind `misconfigured`, with the category or property that the source lacks.
 */
export function checkSource({ categories, properties }: SourceAnswer, role: string, target: Target): void {
  if (!categories.some(({ key }) => key === target.category)) {
    throw new Unfit('misconfigured', 'unknown-category', `The source has no category ${target.category} (${role})`, 'dmsType');
  }
  const { keyProperty, titleProperty } = target;
  const wanted = [keyProperty, ...(titleProperty === undefined ? [] : [titleProperty]), ...Object.keys(target.properties)];
  const missing = wanted.filter((name) => !properties.some(({ key }) => key === name));
  if (missing.length > 0) {
    throw new Unfit('misconfigured', 'unknown-property', `The source has no property ${missing.join(', ')} (${role})`, 'dmsProperty');
  }
}

function tooLong(name: string, lengthMax: number): Unfit {
  return unfit('value-too-long', `${name} takes ${lengthMax} characters, and the value is longer`, 'dmsValueTooLong');
}
function unfit(code: string, message: string, hintKey = 'dmsMapping'): Unfit {
  return new Unfit('untransferable', code, message, hintKey);
}

/** Ids that are running numbers behind a common prefix, as those of d.3 are [D: `D000000123`]. Pure. @returns undefined for any other. */
export function inOrderOfCreation<Item extends { readonly id: string }>(items: readonly Item[]): Item[] | undefined {
  const numbered = items.map((item) => {
    const [, prefix, number] = /^([A-Za-z]{0,8})(\d{1,15})$/.exec(item.id) ?? [];
    return { item, prefix, number: Number(number) };
  });
  const [first] = numbered;
  if (numbered.some(({ prefix }) => prefix === undefined || prefix !== first?.prefix)) return undefined;
  return numbered.sort((one, other) => one.number - other.number).map(({ item }) => item);
}
