// SPDX-License-Identifier: EUPL-1.2
import type { FormField, FormGroup, FormItem } from '@amtsbote/canonical';

/** Name in the form → identifier in the schema, where they differ. */
export type SchemaNames = Readonly<Record<string, string>>;

/** Something of the form that a part of a schema speaks of. */
export interface Occurrence<Item extends FormItem = FormItem> {
  readonly path: string;
  readonly item: Item;
}

const ROW = /_\d+$/;

/**
 * What of these items is meant by an identifier or name. Names are compared as the form server writes them, without case. Groups that the schema
 * does not know (pages, headlines) are looked through.
 */
export function occurrencesOf(
  node: { readonly id: string; readonly name: string },
  items: readonly FormItem[],
  { names, known, above }: { names: SchemaNames; known: ReadonlySet<string>; above: string },
): Occurrence[] {
  return items.flatMap((item): Occurrence[] => {
    const path = above === '' ? item.name : `${above}/${item.name}`;
    const spoken = wordOf(item.name, names);
    if (spoken === node.id.toLowerCase() || spoken === node.name.toLowerCase()) return rowsOf({ path, item });
    const isKnown = known.has(spoken);
    return item.kind === 'group' && !isKnown ? occurrencesOf(node, item.items, { names, known, above: path }) : [];
  });
}

/** The name of an item as it is compared. */
export function wordOf(name: string, names: SchemaNames): string {
  return (Object.hasOwn(names, name) ? (names[name] ?? name) : name).toLowerCase();
}

/** A repeated group or field stands for its rows. */
function rowsOf({ path, item }: Occurrence): Occurrence[] {
  if (item.kind === 'field' || item.items.length === 0) return [{ path, item }];
  const isRow = ({ name }: FormItem): boolean => ROW.test(name) && name.replace(ROW, '') === item.name;
  return item.items.every(isRow) ? item.items.map((row) => ({ path: `${path}/${row.name}`, item: row })) : [{ path, item }];
}

/** Whether anything in it was answered. */
export function isAnswered(item: FormItem): boolean {
  return item.kind === 'field' ? item.value !== null && item.value !== '' : item.items.some(isAnswered);
}

export function isField({ item }: Occurrence): boolean {
  return item.kind === 'field';
}
export type FieldOccurrence = Occurrence<FormField>;
export type GroupOccurrence = Occurrence<FormGroup>;
