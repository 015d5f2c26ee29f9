// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, IntakeRejection, isDay, isJsonObject, ownEntry, pointerTo, readJson } from '@amtsbote/adapter-kit';
import type { FormField, FormItem, JsonValue } from '@amtsbote/canonical';

type Labels = Readonly<Record<string, string>>;
interface Place {
  readonly name: string;
  readonly label: string;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * The form tree of JSON data: objects are groups, lists are rows numbered from 1, everything else is a field.
 * @throws IntakeRejection `malformed`, or `untranslatable` when it is beyond limits
 */
export function formOfJson(bytes: Uint8Array, ledger: FormLedger, labels: Labels): FormItem[] {
  const data = readJson(bytes);
  if (typeof data !== 'object' || data === null || Object.keys(data).length === 0)
    throw new IntakeRejection('malformed', 'data-empty', 'The data are a JSON object or list with something in it.', '/');
  const top = { name: 'data', label: labelOf(labels, 'data'), pointer: '', depth: 1 };
  return isJsonObject(data) ? membersOf(data, top, ledger, labels) : [itemOf(data, top, ledger, labels)];
}

function membersOf(value: { [key: string]: JsonValue }, { pointer, depth }: Place, ledger: FormLedger, labels: Labels): FormItem[] {
  return Object.entries(value).map(([name, member]) =>
    itemOf(member, { name, label: labelOf(labels, name), pointer: pointerTo(pointer, name), depth }, ledger, labels),
  );
}

function itemOf(value: JsonValue, place: Place, ledger: FormLedger, labels: Labels): FormItem {
  const { pointer, depth } = place;
  ledger.enter(depth, pointer);
  const named = { name: ledger.name(place.name, pointer), label: ledger.label(place.label, pointer) };
  if (typeof value !== 'object' || value === null) return { kind: 'field', ...named, ...typed(value) };
  const below = { ...place, depth: depth + 1 };
  return {
    kind: 'group',
    ...named,
    items: Array.isArray(value) ? rowsOf(value, below, ledger, labels) : membersOf(value, below, ledger, labels),
  };
}

function rowsOf(rows: readonly JsonValue[], { name, label, pointer, depth }: Place, ledger: FormLedger, labels: Labels): FormItem[] {
  return rows.map((row, index) => {
    const rowLabel = typeof row === 'object' && row !== null ? `Zeile ${index + 1}` : `${label} ${index + 1}`;
    return itemOf(row, { name: `${name}_${index}`, label: rowLabel, pointer: pointerTo(pointer, index), depth }, ledger, labels);
  });
}

function typed(value: string | number | boolean | null): Pick<FormField, 'type' | 'value'> {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'number') return { type: 'number', value };
  return { type: isDay(value) ? 'date' : 'text', value };
}

function labelOf(labels: Labels, name: string): string {
  return ownEntry(labels, name) ?? name;
}
