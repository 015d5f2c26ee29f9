// SPDX-License-Identifier: EUPL-1.2
import type { FormItem } from '@amtsbote/canonical';

import { formatFormValue } from './german-format.js';
import { type Block } from './pdf/blocks.js';

/** Heading over fields that stand outside every section. */
const LOOSE_FIELDS = 'Angaben';

/**
 * The form as blocks: groups of the first level are sections, deeper ones headings, every field a row, in the order of the form. Repeated
 * rows (neighbouring groups of one name and one label) are counted.
 */
export function* readableForm(form: readonly FormItem[]): Generator<Block> {
  if (form.length === 0) {
    yield { kind: 'section', text: LOOSE_FIELDS };
    yield { kind: 'paragraph', text: 'Das Formular enthält keine Angaben.' };
    return;
  }
  let loose = false;
  for (const [index, item] of form.entries()) {
    if (item.kind === 'group') {
      loose = false;
      yield { kind: 'section', text: headingOf(form, index) };
      yield* itemsOf(item.items, 0);
    } else {
      if (!loose) yield { kind: 'section', text: LOOSE_FIELDS };
      loose = true;
      yield* itemsOf([item], 0);
    }
  }
}

function* itemsOf(items: readonly FormItem[], depth: number): Generator<Block> {
  if (items.length === 0) yield { kind: 'row', label: '', value: 'keine Angaben', faint: true, depth };
  for (const [index, item] of items.entries()) {
    if (item.kind === 'group') {
      yield { kind: 'group', text: headingOf(items, index), depth };
      yield* itemsOf(item.items, depth + 1);
    } else {
      const { text, given } = formatFormValue(item);
      yield { kind: 'row', label: named(item), value: text, faint: !given, depth };
    }
  }
}

/** "Gesellschafter (2 von 3)" in a run of equal groups, else the label. */
function headingOf(siblings: readonly FormItem[], index: number): string {
  const group = siblings[index];
  if (group === undefined) return '';
  const belongs = (sibling: FormItem | undefined): boolean =>
    sibling?.kind === 'group' && sibling.name === group.name && sibling.label === group.label;
  let first = index;
  while (belongs(siblings[first - 1])) first -= 1;
  let last = index;
  while (belongs(siblings[last + 1])) last += 1;
  const label = named(group);
  return first === last ? label : `${label} (${index - first + 1} von ${last - first + 1})`;
}

function named({ label, name }: FormItem): string {
  return label.trim() === '' ? name : label;
}
