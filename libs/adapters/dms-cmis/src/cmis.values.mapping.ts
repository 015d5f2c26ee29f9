// SPDX-License-Identifier: EUPL-1.2
import { Unfit } from './cmis.errors.js';
import type { Choice, PropertyDefinition, WireProperty } from './cmis.wire.js';

/**
 * Texts of the mapping in the form a property takes, checked against its definition. Pure.
 * @throws Unfit, each reason with a code of its own, with the property's id and never with a value.
 */
export function wireProperty(definition: PropertyDefinition, texts: readonly string[]): WireProperty {
  const { id, cardinality } = definition;
  if (cardinality === 'single' && texts.length > 1) throw unfit('too-many-values', `${id} takes one value, and the mapping gives several`);
  const values = texts.map((text) => wireValue(definition, text));
  return { id, values: cardinality === 'single' ? (values[0] ?? '') : values };
}

function wireValue(definition: PropertyDefinition, text: string): string {
  const value = converted(definition, text);
  const { id, maxLength, minValue, maxValue } = definition;
  // The standard counts characters; code units never are fewer.
  if (maxLength != null && maxLength > 0 && value.length > maxLength) {
    throw unfit('value-too-long', `${id} takes ${maxLength} characters, and the value is longer`, 'dmsValueTooLong');
  }
  const isNumber = definition.propertyType === 'integer' || definition.propertyType === 'decimal';
  if (isNumber && ((minValue != null && Number(value) < minValue) || (maxValue != null && Number(value) > maxValue))) {
    throw unfit('value-out-of-range', `${id} takes numbers of another range`);
  }
  const choices = choicesOf(definition.choice ?? []);
  if (choices.length > 0 && definition.openChoice !== true && !choices.includes(value)) {
    throw unfit('value-not-a-choice', `${id} takes only values of its list, and the value is none of them`, 'dmsChoice');
  }
  return value;
}

function converted({ id, propertyType }: PropertyDefinition, text: string): string {
  const wrong = (what: string): Unfit => unfit('value-of-wrong-type', `${id} takes ${what}, and the value is none`);
  switch (propertyType) {
    case 'string':
    case 'html':
    case 'id':
    case 'uri':
      return text;
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong('true or false');
      return text;
    case 'integer':
      if (!/^-?\d{1,18}$/.test(text)) throw wrong('a whole number');
      return text;
    case 'decimal':
      if (!/^-?\d{1,30}(\.\d{1,30})?$/.test(text)) throw wrong('a number');
      return text;
    case 'datetime': {
      const ms = /^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? Date.parse(text) : Number.NaN;
      if (Number.isNaN(ms)) throw wrong('a date');
      return String(ms);
    }
  }
}

function choicesOf(choices: readonly Choice[]): string[] {
  return choices.flatMap(({ value, choice }) => {
    const own: readonly unknown[] = Array.isArray(value) ? value : value == null ? [] : [value];
    return [...own.map(String), ...choicesOf(choice ?? [])];
  });
}

function unfit(code: string, message: string, hintKey = 'dmsMapping'): Unfit {
  return new Unfit('untransferable', code, message, hintKey);
}
