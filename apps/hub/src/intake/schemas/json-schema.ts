// SPDX-License-Identifier: EUPL-1.2
import { TookTooLong, withinTime } from '@amtsbote/adapter-kit';
import type { FormItem, JsonValue } from '@amtsbote/canonical';
import { Ajv, type ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

import { type DataSchema, JUDGING_MS_MAX, SchemaUnreadable, type SchemaViolation, VIOLATIONS_MAX } from './data-schema.js';

const ROW = /_\d+$/;
const DRAFT_7 = 'http://json-schema.org/draft-07/schema';

/**
 * A JSON Schema (2020-12, or draft 7) as a judge of forms: the form as an object by names, rows as lists, unanswered fields left out.
 * @throws SchemaUnreadable
 */
export function jsonSchema(bytes: Uint8Array): DataSchema {
  const schema = schemaIn(bytes);
  const id = typeof schema['$id'] === 'string' ? schema['$id'] : typeof schema['title'] === 'string' ? schema['title'] : 'JSON Schema';
  const validate = compiled(schema);
  return { id: id.slice(0, 200), violationsOf: (form) => judged(() => validate(answersOf(form))) };
}

function schemaIn(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new SchemaUnreadable('expects a JSON object in UTF-8');
}

function compiled(schema: Record<string, unknown>): (data: unknown) => readonly ErrorObject[] {
  const isOld = typeof schema['$schema'] === 'string' && schema['$schema'].startsWith(DRAFT_7);
  const options = { allErrors: true, strict: false, messages: true, logger: false } as const;
  const ajv = isOld ? new Ajv(options) : new Ajv2020(options);
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(schema);
    return (data) => (validate(data) ? [] : (validate.errors ?? []));
  } catch (error) {
    throw new SchemaUnreadable(error instanceof Error ? error.message.slice(0, 300) : 'cannot be compiled');
  }
}

function judged(errorsOf: () => readonly ErrorObject[]): SchemaViolation[] {
  try {
    return withinTime(JUDGING_MS_MAX, errorsOf).slice(0, VIOLATIONS_MAX).map(violationOf);
  } catch (error) {
    if (!(error instanceof TookTooLong)) throw error;
    return [{ path: '', rule: 'undecided', message: `could not be decided within ${JUDGING_MS_MAX} ms` }];
  }
}

/** Messages of ajv speak of the schema, never of the value; places are names of fields. */
function violationOf({ instancePath, keyword, message = 'does not fit', params }: ErrorObject): SchemaViolation {
  const missing = keyword === 'required' ? `/${String((params as { missingProperty?: unknown }).missingProperty)}` : '';
  return { path: `${instancePath}${missing}`.replace(/^\//, '').slice(0, 500), rule: keyword, message: message.slice(0, 500) };
}

/** The form as an object by names; of several with one name the first. */
export function answersOf(form: readonly FormItem[]): { [name: string]: JsonValue } {
  const answers = new Map<string, JsonValue>();
  for (const item of form) {
    const value = item.kind === 'field' ? item.value : belowOf(item.name, item.items);
    if (value !== null && !answers.has(item.name)) answers.set(item.name, value);
  }
  return Object.fromEntries(answers);
}

function belowOf(name: string, items: readonly FormItem[]): JsonValue {
  const areRows = items.length > 0 && items.every((item) => ROW.test(item.name) && item.name.replace(ROW, '') === name);
  if (!areRows) return answersOf(items);
  return items.map((item) => (item.kind === 'field' ? item.value : answersOf(item.items)));
}
