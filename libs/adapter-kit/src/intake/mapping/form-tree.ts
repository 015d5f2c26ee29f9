// SPDX-License-Identifier: EUPL-1.2
import { type FormField, type FormItem, FormValueType, type JsonValue } from '@amtsbote/canonical';

import { IntakeRejection } from '../../intake-rejection.js';
import { isDay } from '../day.js';
import type { FormLedger } from '../form-limits.js';
import { isJsonObject, pointerTo } from '../json-pointer.js';
import { ownEntry } from '../own-entry.js';
import type { MappingSettings } from './form-mapping.js';
import type { SentDocument } from './sent-document.js';

type Scalar = string | number | boolean | null;
type Labels = MappingSettings['labels'];

/** What a conversion needs; `elsewhere` holds the pointers of what is no answer (attachments, places, …). */
interface Conversion {
  readonly document: SentDocument;
  readonly ledger: FormLedger;
  readonly labels: Labels;
  readonly elsewhere: ReadonlySet<string>;
}

/**
 * The form tree of the sender's answers.
 * @throws IntakeRejection `malformed`, code `form-missing`, when there is nothing at the configured place.
 */
export function formOfDocument({ mapping, labels }: MappingSettings, conversion: Omit<Conversion, 'labels'>): FormItem[] {
  const { form: pointer, formKind } = mapping;
  if (formKind === 'none') return [];
  const answers = conversion.document.at(pointer);
  if (typeof answers !== 'object')
    throw new IntakeRejection('malformed', 'form-missing', 'There are no answers at the configured place.', pointer);
  const complete = { ...conversion, labels };
  if (formKind === 'object') return membersOf(answers, pointer, nameOf(pointer), complete, 1);
  if (!Array.isArray(answers)) throw new IntakeRejection('malformed', 'form-missing', 'The form has to be a list of form items.', pointer);
  return formKind === 'canonical' ? itemsOf(answers, pointer, complete, 1) : questionsOf(answers, pointer, complete);
}

/** Objects: one item per member. Arrays: one row per element, named after the array and counted. */
function membersOf(
  value: JsonValue[] | { [key: string]: JsonValue },
  pointer: string,
  name: string,
  conversion: Conversion,
  depth: number,
): FormItem[] {
  if (Object.keys(value).length === 0) conversion.document.markUsed(pointer);
  const { labels } = conversion;
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, member]) =>
      itemOf(member, { pointer: pointerTo(pointer, key), name: key, label: labelOf(labels, key) }, conversion, depth),
    );
  }
  return value.flatMap((element, index) => {
    const label = typeof element === 'object' && element !== null ? `Zeile ${index + 1}` : `${labelOf(labels, name)} ${index + 1}`;
    return itemOf(element, { pointer: pointerTo(pointer, index), name: `${name}_${index}`, label }, conversion, depth);
  });
}

function itemOf(value: JsonValue, at: { pointer: string; name: string; label: string }, conversion: Conversion, depth: number): FormItem[] {
  if (conversion.elsewhere.has(at.pointer)) return [];
  conversion.ledger.enter(depth, at.pointer);
  const name = conversion.ledger.name(at.name, at.pointer);
  const label = conversion.ledger.label(at.label, at.pointer);
  if (typeof value === 'object' && value !== null) {
    return [{ kind: 'group', name, label, items: membersOf(value, at.pointer, at.name, conversion, depth + 1) }];
  }
  conversion.document.markUsed(at.pointer);
  return [{ kind: 'field', name, label, ...typed(value) }];
}

/** Canonical items as the sender built them. What is none stays unmarked and is kept among the unmapped. */
function itemsOf(items: readonly JsonValue[], pointer: string, conversion: Conversion, depth: number): FormItem[] {
  if (items.length === 0) conversion.document.markUsed(pointer);
  return items.flatMap((item, index): FormItem[] => {
    const place = pointerTo(pointer, index);
    if (conversion.elsewhere.has(place) || !isJsonObject(item)) return [];
    const { kind, items: below, value = null } = item;
    const isGroup = kind === 'group' && Array.isArray(below);
    const isField = kind === 'field' && (value === null || typeof value !== 'object');
    if (!isGroup && !isField) return [];
    conversion.ledger.enter(depth, place);
    conversion.document.markUsed(pointerTo(place, 'kind'));
    const named = namedOf(place, conversion);
    if (isGroup) return [{ kind: 'group', ...named, items: itemsOf(below, pointerTo(place, 'items'), conversion, depth + 1) }];
    conversion.document.markUsed(pointerTo(place, 'value'));
    return [{ kind: 'field', ...named, ...typedAs(item['type'], value as Scalar, place, conversion.document) }];
  });
}

/** Questions, each a group of its fields. What is none stays unmarked and is kept among the unmapped, like what they say of themselves. */
function questionsOf(questions: readonly JsonValue[], pointer: string, conversion: Conversion): FormItem[] {
  return questions.flatMap((question, index): FormItem[] => {
    const place = pointerTo(pointer, index);
    if (!isJsonObject(question) || !Array.isArray(question['fields'])) return [];
    conversion.ledger.enter(1, place);
    const label = conversion.ledger.label(conversion.document.text(pointerTo(place, 'question')) ?? '', pointerTo(place, 'question'));
    const fields = question['fields'].flatMap((field, number) =>
      questionFieldOf(field, pointerTo(pointerTo(place, 'fields'), number), conversion),
    );
    return [{ kind: 'group', name: `question_${index}`, label, items: fields }];
  });
}

function questionFieldOf(field: JsonValue, place: string, conversion: Conversion): FormItem[] {
  if (!isJsonObject(field) || typeof field['key'] !== 'string') return [];
  const { key, title, answer = null } = field;
  conversion.document.markUsed(pointerTo(place, 'key'));
  if (typeof title === 'string') conversion.document.markUsed(pointerTo(place, 'title'));
  const label = ownEntry(conversion.labels, key) ?? (typeof title === 'string' ? title : key);
  return itemOf(answer, { pointer: pointerTo(place, 'answer'), name: key, label }, conversion, 2);
}

function namedOf(place: string, { document, ledger, labels }: Conversion): { name: string; label: string } {
  const name = document.text(pointerTo(place, 'name')) ?? '';
  const label = document.text(pointerTo(place, 'label')) ?? labelOf(labels, name);
  return { name: ledger.name(name, pointerTo(place, 'name')), label: ledger.label(label, pointerTo(place, 'label')) };
}

function typedAs(type: JsonValue | undefined, value: Scalar, place: string, document: SentDocument): Pick<FormField, 'type' | 'value'> {
  const known = FormValueType.safeParse(type);
  if (!known.success) return typed(value);
  document.markUsed(pointerTo(place, 'type'));
  return { type: known.data, value };
}

function typed(value: Scalar): Pick<FormField, 'type' | 'value'> {
  if (typeof value === 'boolean') return { type: 'boolean', value };
  if (typeof value === 'number') return { type: 'number', value };
  return { type: isDay(value) ? 'date' : 'text', value };
}

function labelOf(labels: Labels, name: string): string {
  return ownEntry(labels, name) ?? name;
}

function nameOf(pointer: string): string {
  return (pointer.split('/').at(-1) ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}
