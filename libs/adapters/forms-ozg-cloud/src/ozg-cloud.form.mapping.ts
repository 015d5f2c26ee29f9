// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, isDay, isJsonObject, pointerTo } from '@amtsbote/adapter-kit';
import { type FormField, type FormItem, type FormValueType, type JsonValue } from '@amtsbote/canonical';

import { EMPTY_LITERALS, VALUE_MEMBERS } from './ozg-cloud.wire.js';

type Members = { [key: string]: JsonValue };
type ValueMember = keyof typeof VALUE_MEMBERS;

const KNOWN = new Set<string>(['name', 'label', 'formItems', ...Object.keys(VALUE_MEMBERS)]);
const NO_ITEMS: readonly JsonValue[] = [];

/** Form items → the canonical tree, in order. What is no item, and members nobody knows, go to the ledger. */
export function formOf(items: readonly JsonValue[], pointer: string, ledger: FormLedger, depth = 1): FormItem[] {
  return items.flatMap((item, index): FormItem[] => {
    const place = pointerTo(pointer, index);
    if (isJsonObject(item)) return [itemOf(item, place, ledger, depth)];
    ledger.keep(place, item);
    return [];
  });
}

function itemOf(item: Members, place: string, ledger: FormLedger, depth: number): FormItem {
  ledger.enter(depth, place);
  for (const [member, value] of Object.entries(item)) if (!KNOWN.has(member)) ledger.keep(pointerTo(place, member), value);
  const name = ledger.name(textOf(item, 'name', place, ledger), pointerTo(place, 'name'));
  const label = ledger.label(textOf(item, 'label', place, ledger), pointerTo(place, 'label'));
  const field = fieldOf(item, { name, label }, place, ledger);
  const { formItems } = item;
  if (!Array.isArray(formItems)) {
    if (formItems !== undefined && formItems !== null) ledger.keep(pointerTo(place, 'formItems'), formItems);
    return field ?? { kind: 'field', name, label, type: 'text', value: null };
  }
  // A group with a value of its own is not foreseen, but not impossible: the value becomes the group's first field.
  if (field !== undefined) ledger.enter(depth + 1, place);
  const below = formItems.length === 0 ? NO_ITEMS : formItems;
  return {
    kind: 'group',
    name,
    label,
    items: [...(field === undefined ? [] : [field]), ...formOf(below, pointerTo(place, 'formItems'), ledger, depth + 1)],
  };
}

function textOf(item: Members, member: 'name' | 'label', place: string, ledger: FormLedger): string {
  const value = item[member];
  if (typeof value === 'string') return value;
  if (value !== undefined && value !== null) ledger.keep(pointerTo(place, member), value);
  return '';
}

/** The first value member that holds something; further ones go to the ledger. `undefined` when there is none at all. */
function fieldOf(item: Members, named: { name: string; label: string }, place: string, ledger: FormLedger): FormField | undefined {
  let field: FormField | undefined;
  for (const member of Object.keys(VALUE_MEMBERS) as ValueMember[]) {
    const value = item[member];
    if (value === undefined || value === null) continue;
    if (field !== undefined || typeof value === 'object') ledger.keep(pointerTo(place, member), value);
    else field = { kind: 'field', ...named, ...typed(member, value) };
  }
  return field;
}

/** The type the member promises, if the value keeps the promise; else the type the value has. */
function typed(member: ValueMember, value: string | number | boolean): { type: FormValueType; value: FormField['value'] } {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'number') return { type: 'number', value };
  const promised = VALUE_MEMBERS[member];
  const isDate = promised === 'date' && isDay(value);
  return EMPTY_LITERALS.includes(value) ? { type: promised, value: null } : { type: isDate ? 'date' : 'text', value };
}
