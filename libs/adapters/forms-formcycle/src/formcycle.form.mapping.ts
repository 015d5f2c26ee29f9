// SPDX-License-Identifier: EUPL-1.2
import { type FormLedger, germanNumber, ownEntry } from '@amtsbote/adapter-kit';
import type { FormField, FormItem } from '@amtsbote/canonical';
import { z } from 'zod';

import type { FormcycleOptions, RepeatedGroup } from './formcycle.options.js';
import { placeOf } from './formcycle.parameters.mapping.js';
import { NO, YES } from './formcycle.wire.js';

type Values = ReadonlyMap<string, readonly string[]>;
/** One value of a repeated element: the row it belongs to, the name it came under. */
interface Cell {
  readonly row: number;
  readonly name: string;
  readonly value: string;
}

const GERMAN_DAY = /^(\d{2})\.(\d{2})\.(\d{4})$/;

/**
 * Parameters → form items, each where its first value came. Repeated elements become rows; what is repeated and belongs to no configured group
 * becomes a group of its own, so that no value is dropped.
 */
export function formOf(values: Values, options: FormcycleOptions, ledger: FormLedger): FormItem[] {
  const rows = options.groups.map((group) => ({ group, cells: cellsOf(group, values) }));
  const owner = new Map(rows.flatMap(({ group, cells }) => [...cells.values()].flat().map(({ name }) => [name, group] as const)));
  const written = new Set<RepeatedGroup>();
  return [...values].flatMap(([name, given]): FormItem[] => {
    const group = owner.get(name);
    if (group === undefined) return [elementOf(name, given, options, ledger)];
    if (written.has(group)) return [];
    written.add(group);
    return [rowsOf(group, rows.find((one) => one.group === group)?.cells ?? new Map<string, Cell[]>(), options, ledger)];
  });
}

/**
 * The cells of a group by element; none when its rows cannot be told: without numbers in the names, elements that came in different numbers
 * (a checkbox that is not checked is not sent) would be put together wrongly.
 */
function cellsOf({ elements, rowSuffix }: RepeatedGroup, values: Values): ReadonlyMap<string, readonly Cell[]> {
  const cells = new Map<string, Cell[]>();
  if (rowSuffix === undefined) {
    for (const name of elements) {
      const given = values.get(name);
      if (given !== undefined)
        cells.set(
          name,
          given.map((value, row) => ({ row, name, value })),
        );
    }
    return new Set([...cells.values()].map(({ length }) => length)).size === 1 ? cells : new Map<string, Cell[]>();
  }
  const [before = '', after = ''] = rowSuffix.split('{row}');
  for (const [name, given] of values) {
    for (const element of elements) {
      if (!name.startsWith(element + before) || !name.endsWith(after)) continue;
      const digits = name.slice((element + before).length, name.length - after.length);
      if (!/^\d{1,4}$/.test(digits)) continue;
      const own = given.map((value) => ({ row: Number(digits), name, value }));
      cells.set(element, [...(cells.get(element) ?? []), ...own]);
    }
  }
  return cells;
}

function rowsOf(
  group: RepeatedGroup,
  cells: ReadonlyMap<string, readonly Cell[]>,
  options: FormcycleOptions,
  ledger: FormLedger,
): FormItem {
  const place = placeOf(group.name);
  ledger.enter(1, place);
  const rows = [...new Set([...cells.values()].flat().map(({ row }) => row))].sort((one, two) => one - two);
  const items = rows.map((row, index): FormItem => {
    ledger.enter(2, place);
    const fields = [...cells].flatMap(([element, own]) =>
      own.filter((cell) => cell.row === row).map(({ value }) => fieldOf(element, element, value, { options, ledger, depth: 3 })),
    );
    return { kind: 'group', name: `${group.name}_${index}`, label: `Zeile ${index + 1}`, items: fields };
  });
  return { kind: 'group', name: group.name, label: group.label, items };
}

/** An element that came once, or several times without anybody saying why. */
function elementOf(name: string, given: readonly string[], options: FormcycleOptions, ledger: FormLedger): FormItem {
  const [only = ''] = given;
  if (given.length === 1) return fieldOf(name, name, only, { options, ledger, depth: 1 });
  const place = placeOf(name);
  ledger.enter(1, place);
  const items = given.map((value, index) => fieldOf(name, `${name}_${index}`, value, { options, ledger, depth: 2, number: index + 1 }));
  return { kind: 'group', name: ledger.name(name, place), label: ledger.label(labelOf(name, options), place), items };
}

interface Writing {
  readonly options: FormcycleOptions;
  readonly ledger: FormLedger;
  readonly depth: number;
  /** Which of several, from 1. */
  readonly number?: number;
}

function fieldOf(element: string, name: string, value: string, { options, ledger, depth, number }: Writing): FormField {
  const place = placeOf(element);
  ledger.enter(depth, place);
  const label = number === undefined ? labelOf(element, options) : `${labelOf(element, options)} ${number}`;
  const named = { name: ledger.name(name, place), label: ledger.label(label, place) };
  return { kind: 'field', ...named, ...typed(value, ownEntry(options.elements, element)?.type ?? 'text') };
}

function labelOf(element: string, { elements }: FormcycleOptions): string {
  return ownEntry(elements, element)?.label ?? element;
}

function typed(value: string, type: FormField['type']): Pick<FormField, 'type' | 'value'> {
  if (value === '') return { type, value: null };
  switch (type) {
    case 'date': {
      const day = value.replace(GERMAN_DAY, '$3-$2-$1');
      return z.iso.date().safeParse(day).success ? { type, value: day } : { type: 'text', value };
    }
    case 'number': {
      const number = germanNumber(value);
      return number === undefined ? { type: 'text', value } : { type, value: number };
    }
    case 'boolean': {
      const word = value.toLowerCase();
      return YES.includes(word) ? { type, value: true } : NO.includes(word) ? { type, value: false } : { type: 'text', value };
    }
    default:
      return { type: 'text', value };
  }
}
