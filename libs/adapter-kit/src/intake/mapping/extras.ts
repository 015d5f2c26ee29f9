// SPDX-License-Identifier: EUPL-1.2
import { Consent, type JsonValue, Place, Relation } from '@amtsbote/canonical';
import type { z } from 'zod';

import { isJsonObject, pointerTo } from '../json-pointer.js';
import type { SentDocument } from './sent-document.js';

/*
 * What is good to have: places, consents, relations. An element that does not fit is not refused; it stays unmarked and is kept among the
 * unmapped.
 */

/** Places at `pointer`: geometry, feature, collection of features, `{label, geometry}`, or a list of those. */
export function placesOf(pointer: string | undefined, document: SentDocument): Place[] {
  const value = document.at(pointer);
  if (pointer === undefined || value === undefined) return [];
  if (isJsonObject(value) && value['type'] === 'FeatureCollection' && Array.isArray(value['features'])) {
    document.markUsed(pointerTo(pointer, 'type'));
    return elementsOf(pointerTo(pointer, 'features'), document).flatMap(([place, element]) => placeOf(place, element, document));
  }
  return elementsOf(pointer, document).flatMap(([place, element]) => placeOf(place, element, document));
}

function placeOf(pointer: string, value: JsonValue, document: SentDocument): Place[] {
  if (!isJsonObject(value)) return [];
  const isBare = value['geometry'] === undefined;
  const geometryAt = isBare ? pointer : pointerTo(pointer, 'geometry');
  const labelAt = ['/label', '/properties/label', '/properties/name']
    .map((below) => pointer + below)
    .find((at) => typeof document.at(at) === 'string');
  const label = labelAt === undefined ? 'Ort' : document.at(labelAt);
  const parsed = Place.safeParse({ label, geometry: isBare ? value : value['geometry'] });
  if (!parsed.success) return [];
  document.markUsed(geometryAt);
  if (labelAt !== undefined) document.markUsed(labelAt);
  if (!isBare && value['type'] === 'Feature') document.markUsed(pointerTo(pointer, 'type'));
  return [parsed.data];
}

/** Consents at `pointer`: a list of `{purpose, given}`, or an object whose members are purposes. */
export function consentsOf(pointer: string | undefined, document: SentDocument): Consent[] {
  const value = document.at(pointer);
  if (pointer === undefined || !isJsonObject(value)) return parsedElements(pointer, document, Consent);
  return Object.entries(value).flatMap(([purpose, given]): Consent[] => {
    const parsed = Consent.safeParse({ purpose, given });
    if (!parsed.success) return [];
    document.markUsed(pointerTo(pointer, purpose));
    return [parsed.data];
  });
}

/** Relations at `pointer`: a list of `{kind, target}`. */
export function relationsOf(pointer: string | undefined, document: SentDocument): Relation[] {
  return parsedElements(pointer, document, Relation);
}

/** Elements that have what the schema wants; members it does not know are kept among the unmapped. */
function parsedElements<Shape extends z.ZodRawShape>(
  pointer: string | undefined,
  document: SentDocument,
  schema: z.ZodObject<Shape>,
): z.infer<z.ZodObject<Shape>>[] {
  const members = Object.keys(schema.shape);
  return (pointer === undefined ? [] : elementsOf(pointer, document)).flatMap(([place, element]) => {
    if (!isJsonObject(element)) return [];
    const known = Object.fromEntries(Object.entries(element).filter(([member]) => members.includes(member)));
    const parsed = schema.safeParse(known);
    if (!parsed.success) return [];
    for (const member of Object.keys(known)) document.markUsed(pointerTo(place, member));
    return [parsed.data];
  });
}

/** The elements of a list with their pointers; a single value is a list of one. */
function elementsOf(pointer: string, document: SentDocument): [string, JsonValue][] {
  const value = document.at(pointer);
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [[pointer, value]];
  if (value.length === 0) document.markUsed(pointer);
  return value.map((element, index) => [pointerTo(pointer, index), element]);
}
