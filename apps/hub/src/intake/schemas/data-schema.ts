// SPDX-License-Identifier: EUPL-1.2
import type { FormItem } from '@amtsbote/canonical';
import type { SchemaViolationView } from '@amtsbote/ops-api';

/** Where a form does not fit its schema: the place and what is expected there, never what stands there. */
export type SchemaViolation = SchemaViolationView;

/** Most violations that are listed; a form that fits nowhere would have thousands. */
export const VIOLATIONS_MAX = 100;
/** Longest time to judge one form, in milliseconds: patterns of a schema may try every way through a text. */
export const JUDGING_MS_MAX = 500;

/** A schema that was read, ready to judge forms. */
export interface DataSchema {
  /** Its own name and version: `S00000000123V1.0`. */
  readonly id: string;
  /** Pure. @returns violations in the order of the schema, at most {@link VIOLATIONS_MAX}. */
  violationsOf(form: readonly FormItem[]): SchemaViolation[];
}

/** A schema file that cannot be used; told to the operator at the start. */
export class SchemaUnreadable extends Error {
  override readonly name = 'SchemaUnreadable';
}
