// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, isDay, isJsonObject, ownEntry, pointerTo } from '@amtsbote/adapter-kit';
import type { FormField, FormItem, JsonValue } from '@amtsbote/canonical';

import { FIELD_MEMBERS, LABELS } from './form-solutions.wire.js';

type Members = { [key: string]: JsonValue };
type Scalar = string | number | boolean | null;

const GERMAN_DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;

/** What a conversion needs. */
export interface Conversion {
  readonly ledger: FormLedger;
  readonly labels: Readonly<Record<string, string>>;
}

/** A value with its name → item of the form: objects and lists are groups, list elements rows, everything else a field. */
export function itemOf(value: JsonValue, name: string, pointer: string, conversion: Conversion, depth = 1): FormItem {
  const { ledger } = conversion;
  ledger.enter(depth, pointer);
  const named = { name: ledger.name(name, pointer), label: ledger.label(labelOf(name, conversion), pointer) };
  if (typeof value !== 'object' || value === null) return { kind: 'field', ...named, ...typed(value) };
  if (Array.isArray(value))
    return { kind: 'group', ...named, items: value.map((row, index) => rowOf(row, index, name, pointer, conversion, depth)) };
  return { kind: 'group', ...named, items: itemsOf(value, pointer, conversion, depth + 1) };
}

/** Members of an object, in their order. */
export function itemsOf(members: Members, pointer: string, conversion: Conversion, depth = 1): FormItem[] {
  return Object.entries(members).map(([name, value]) => itemOf(value, name, pointerTo(pointer, name), conversion, depth));
}

function rowOf(row: JsonValue, index: number, name: string, pointer: string, conversion: Conversion, depth: number): FormItem {
  const place = pointerTo(pointer, index);
  if (!isJsonObject(row)) return itemOf(row, `${name}_${index}`, place, conversion, depth + 1);
  return selfNamed(row, place, conversion, depth + 1) ?? labelled(itemOf(row, `${name}_${index}`, place, conversion, depth + 1), index);
}

/** A field that names itself; what else it says is kept. */
function selfNamed(row: Members, place: string, { ledger, labels }: Conversion, depth: number): FormItem | undefined {
  const { [FIELD_MEMBERS.name]: name, [FIELD_MEMBERS.value]: value, ...rest } = row;
  if (typeof name !== 'string' || !Object.hasOwn(row, FIELD_MEMBERS.value) || (typeof value === 'object' && value !== null))
    return undefined;
  ledger.enter(depth, place);
  for (const [member, more] of Object.entries(rest)) if (more !== null) ledger.keep(pointerTo(place, member), more);
  const named = { name: ledger.name(name, place), label: ledger.label(ownEntry(labels, name) ?? name, place) };
  return { kind: 'field', ...named, ...typed(value ?? null) };
}

function labelled(item: FormItem, index: number): FormItem {
  return { ...item, label: `Zeile ${index + 1}` };
}

/** Days are written `dd.mm.yyyy`; what only looks like one stays text. */
function typed(value: Scalar): Pick<FormField, 'type' | 'value'> {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'number') return { type: 'number', value };
  const day = value?.replace(GERMAN_DAY, '$3-$2-$1');
  return isDay(day) ? { type: 'date', value: day ?? null } : { type: 'text', value };
}

function labelOf(name: string, { labels }: Conversion): string {
  return ownEntry(labels, name) ?? ownEntry(LABELS, name) ?? name;
}
