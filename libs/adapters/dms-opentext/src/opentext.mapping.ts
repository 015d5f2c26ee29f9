// SPDX-License-Identifier: EUPL-1.2
import { compileIndexData, compileTexts, type DeliverableDocument, type FilingRequest, type IndexedObject } from '@amtsbote/adapter-kit';

import { Unfit } from './opentext.errors.js';
import { documentName, folderName } from './opentext.names.mapping.js';
import { ATTRIBUTE, type OpentextOptions } from './opentext.options.js';
import { type Categories, type Creation, SUBTYPE } from './opentext.wire.js';

/** The two kinds of objects that are made. */
export const KIND = { folder: SUBTYPE.folder, document: SUBTYPE.document } as const;

/** An object as it shall be, without its place. Its name tells it from all others in its folder. */
export interface ObjectPlan {
  readonly name: string;
  /** What the name is a code of. */
  readonly key: string;
  readonly categories: Categories;
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

type Target = Pick<OpentextOptions['vorgang'], 'rules'>;

/**
 * Compiles the operator's expressions once.
 * @returns the plan of a filing for the key of an act. It throws ExpressionError or Unfit when this application cannot be expressed.
 */
export function compileMapping(options: OpentextOptions): (request: FilingRequest, actKey: string) => FilingPlan {
  const indexData = compileIndexData<readonly string[]>(options, compileTexts);
  const { valueLengthMax } = options.limits;
  return (request, actKey) => {
    const { akte, vorgang, documents } = indexData(request, actKey);
    const folder = (name: string, target: Target, object: IndexedObject<readonly string[]>): ObjectPlan => {
      if (object.key.trim() === '') throw unfit('not-mappable', `the key of the ${name} is empty`);
      if (object.title.trim() === '') throw unfit('not-mappable', `the title of the ${name} is empty`);
      return { name: folderName(object.title, object.key), key: object.key, categories: categoriesOf(target, object, valueLengthMax) };
    };
    return {
      akte: folder('Akte', options.akte, akte),
      vorgang: folder('Vorgang', options.vorgang, vorgang),
      documents: documents.map(({ document, ...object }) => ({
        document,
        name: documentName(object.title, object.key),
        key: object.key,
        categories: categoriesOf(options.document, object, valueLengthMax),
      })),
    };
  };
}

/** What is sent to create an object. Pure. */
export function creationOf({ name, categories }: ObjectPlan, parentId: string): Omit<Creation, 'type'> {
  const roles = Object.keys(categories).length === 0 ? {} : { roles: { categories } };
  return { parent_id: Number(parentId), name, ...roles };
}

/** Attributes grouped by their categories, checked against the rules. */
function categoriesOf({ rules }: Target, { values }: IndexedObject<readonly string[]>, lengthMax: number): Categories {
  const categories: Record<string, Record<string, string | readonly string[]>> = {};
  for (const { name, value } of values) {
    check(name, rules[name], value, lengthMax);
    const category = ATTRIBUTE.exec(name)?.[1] ?? '';
    const [first, ...more] = value;
    const attributes = (categories[category] ??= {});
    // An attribute without a value is not sent: the category may have a default for it.
    if (first !== undefined) attributes[name] = more.length === 0 ? first : value;
  }
  return categories;
}

function check(
  name: string,
  rule: OpentextOptions['vorgang']['rules'][string] | undefined,
  texts: readonly string[],
  lengthMax: number,
): void {
  const longest = Math.min(lengthMax, rule?.lengthMax ?? lengthMax);
  if (rule?.required === true && texts.length === 0) {
    throw unfit('value-missing', `${name} is required, and this application has no value`, 'dmsRequired');
  }
  if (texts.some((text) => text.length > longest)) {
    throw unfit('value-too-long', `${name} takes ${longest} characters, and the value is longer`, 'dmsValueTooLong');
  }
  if (rule?.choices !== undefined && texts.some((text) => rule.choices?.includes(text) === false)) {
    throw unfit('value-not-a-choice', `${name} takes only values of its list, and the value is none of them`, 'dmsChoice');
  }
}

function unfit(code: string, message: string, hintKey = 'dmsMapping'): Unfit {
  return new Unfit('untransferable', code, message, hintKey);
}
