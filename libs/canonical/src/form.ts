// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** Deepest nesting of form items that is accepted; real forms stay below ten. */
export const FORM_DEPTH_MAX = 32;
/** Most form items (groups and fields together) that one application may carry. */
export const FORM_ITEMS_MAX = 5_000;

const NAME_LENGTH_MAX = 500;
const LABEL_LENGTH_MAX = 2_000;

/**
 * A value as the citizen gave it. Dates are ISO 8601 days. `null` is "asked, but not answered".
 */
export const FormValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type FormValue = z.infer<typeof FormValue>;

/** What the value is, so that readable documents can format it. */
export const FormValueType = z.enum(['text', 'number', 'date', 'boolean']);
export type FormValueType = z.infer<typeof FormValueType>;

/** One answered question: technical name, the label the citizen saw, typed value. */
export interface FormField {
  kind: 'field';
  name: string;
  label: string;
  type: FormValueType;
  value: FormValue;
}
/** A section, group, or one row of a repeated group; keeps the order of the form. */
export interface FormGroup {
  kind: 'group';
  name: string;
  label: string;
  items: FormItem[];
}
/** A node of the form tree: every value keeps its label, so that PDFs and index cards stay readable. */
export type FormItem = FormField | FormGroup;

export const FormField: z.ZodType<FormField> = z.strictObject({
  kind: z.literal('field'),
  name: z.string().max(NAME_LENGTH_MAX),
  label: z.string().max(LABEL_LENGTH_MAX),
  type: FormValueType,
  value: FormValue,
});
export const FormGroup: z.ZodType<FormGroup> = z.strictObject({
  kind: z.literal('group'),
  name: z.string().max(NAME_LENGTH_MAX),
  label: z.string().max(LABEL_LENGTH_MAX),
  get items(): z.ZodArray<z.ZodType<FormItem>> {
    return z.array(FormItem);
  },
});
export const FormItem: z.ZodType<FormItem> = z.lazy(() => z.union([FormField, FormGroup]));

const VALUE_TYPES: readonly string[] = FormValueType.options;
const FIELD_MEMBERS = 5;
const GROUP_MEMBERS = 4;

/**
 * Whether {@link FormItem} takes every one of these: the same judgement, several times faster, without a reason. The form is most of an
 * application, and every one passes here twice. Depth and number of items have to be limited by the caller, as for the schema.
 */
export function areFormItems(items: unknown): items is FormItem[] {
  return Array.isArray(items) && items.every(isFormItem);
}

function isFormItem(item: unknown): boolean {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return false;
  const { kind, name, label, type, value, items } = item as Partial<
    Record<'kind' | 'name' | 'label' | 'type' | 'value' | 'items', unknown>
  >;
  if (typeof name !== 'string' || name.length > NAME_LENGTH_MAX) return false;
  if (typeof label !== 'string' || label.length > LABEL_LENGTH_MAX) return false;
  const members = Object.keys(item).length;
  if (kind === 'group') return members === GROUP_MEMBERS && areFormItems(items);
  return kind === 'field' && members === FIELD_MEMBERS && typeof type === 'string' && VALUE_TYPES.includes(type) && isFormValue(value);
}

function isFormValue(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/** All fields of a form, depth first, each with the names of the groups above it. */
export function* fieldsOf(
  items: readonly FormItem[],
  path: readonly string[] = [],
): Generator<{ path: readonly string[]; field: FormField }> {
  for (const item of items) {
    if (item.kind === 'field') yield { path, field: item };
    else yield* fieldsOf(item.items, [...path, item.name]);
  }
}

/** The first value of a field with this technical name anywhere in the form, or `null`. */
export function valueOf(items: readonly FormItem[], name: string): FormValue {
  for (const { field } of fieldsOf(items)) if (field.name === name) return field.value;
  return null;
}
