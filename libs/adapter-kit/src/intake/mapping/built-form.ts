// SPDX-License-Identifier: EUPL-1.2
import type { FormField, FormItem } from '@amtsbote/canonical';

import { isDay } from '../day.js';
import type { FormLedger } from '../form-limits.js';
import { isJsonObject, pointerTo } from '../json-pointer.js';
import type { MappedField, MappedGroup, MappedItem, Source } from './form-mapping.js';
import { absolute, type SentDocument } from './sent-document.js';

/** Answers that the mapping put together. */
export interface BuiltForm {
  readonly items: readonly FormItem[];
  /** Where they came from: does not stand in the form once more. */
  readonly places: readonly string[];
}

/**
 * The answers that a mapping names one by one, repeated groups row by row. A field whose source gives nothing is an unanswered one; a group whose
 * list is missing has no rows.
 * @throws IntakeRejection of the ledger's limits, and of expressions.
 */
export function builtForm(fields: readonly MappedItem[], document: SentDocument, ledger: FormLedger): BuiltForm {
  const places: string[] = [];
  const items = fields.map((item) => itemOf(item, { document, ledger, row: '', depth: 1, places }));
  return { items, places };
}

interface Building {
  readonly document: SentDocument;
  readonly ledger: FormLedger;
  /** Where pointers of the row begin. */
  readonly row: string;
  readonly depth: number;
  readonly places: string[];
}

function itemOf(item: MappedItem, building: Building): FormItem {
  building.ledger.enter(building.depth, building.row);
  return 'fields' in item ? groupOf(item, building) : fieldOf(item, building);
}

function groupOf({ name, label, each, fields }: MappedGroup, building: Building): FormItem {
  const below = { ...building, depth: building.depth + 1 };
  if (each === undefined) return { kind: 'group', name, label, items: fields.map((item) => itemOf(item, below)) };
  const list = absolute(each, building.row);
  building.places.push(list);
  const rows = rowsOf(list, building.document).map((row, index): FormItem => {
    building.ledger.enter(building.depth + 1, row);
    const items = fields.map((item) => itemOf(item, { ...below, row, depth: building.depth + 2 }));
    return { kind: 'group', name: `${name}_${index}`.slice(-500), label: `Zeile ${index + 1}`, items };
  });
  return { kind: 'group', name, label, items: rows };
}

/** The elements of a list; a single object is a list of one, as senders of XML write it. */
function rowsOf(pointer: string, document: SentDocument): string[] {
  const list = document.at(pointer);
  if (Array.isArray(list)) {
    if (list.length === 0) document.markUsed(pointer);
    return list.map((_, index) => pointerTo(pointer, index));
  }
  return isJsonObject(list) ? [pointer] : [];
}

function fieldOf({ name, label, type, value: source }: MappedField, { document, row, places }: Building): FormField {
  places.push(...placesOf(source).map((pointer) => absolute(pointer, row)));
  const value = document.value(source, { row });
  const named = { kind: 'field', name, label } as const;
  if (value === undefined || value === '') return { ...named, type: type ?? 'text', value: null };
  return { ...named, type: type !== undefined && isOfType(value, type) ? type : typeOf(value), value };
}

function placesOf(source: Source): readonly string[] {
  if (typeof source === 'string') return [source];
  if ('text' in source) return [];
  return 'expr' in source ? Object.values(source.from) : [source.at].flat();
}

function typeOf(value: string | number | boolean): FormField['type'] {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return 'number';
  return isDay(value) ? 'date' : 'text';
}

function isOfType(value: string | number | boolean, type: FormField['type']): boolean {
  return type === 'text' ? typeof value === 'string' : typeOf(value) === type;
}
