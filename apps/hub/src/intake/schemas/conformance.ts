// SPDX-License-Identifier: EUPL-1.2
import { germanNumber, TimeBudget, TookTooLong } from '@amtsbote/adapter-kit';
import type { FormField, FormItem } from '@amtsbote/canonical';
import { z } from 'zod';

import { type DataSchema, JUDGING_MS_MAX, type SchemaViolation, VIOLATIONS_MAX } from './data-schema.js';
import { isAnswered, occurrencesOf, type SchemaNames } from './form-occurrences.js';
import type { SchemaField, SchemaNode, Xdatenfelder } from './xdatenfelder.js';

const Day = z.iso.date();
const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?$/;
const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

/** A schema of XDatenfelder as a judge of forms. */
export function xdatenfelderSchema(schema: Xdatenfelder, names: SchemaNames): DataSchema {
  const known = new Set(wordsOf(schema.nodes));
  return {
    id: `${schema.id}V${schema.version}`,
    violationsOf: (form) => new Judge(names, known).judge(schema.nodes, form),
  };
}

function wordsOf(nodes: readonly SchemaNode[]): string[] {
  return nodes.flatMap((node) => [
    node.id.toLowerCase(),
    node.name.toLowerCase(),
    ...(node.kind === 'group' ? wordsOf(node.nodes) : []),
  ]);
}

class Judge {
  private readonly violations: SchemaViolation[] = [];
  private readonly budget = new TimeBudget(JUDGING_MS_MAX);

  constructor(
    private readonly names: SchemaNames,
    private readonly known: ReadonlySet<string>,
  ) {}

  judge(nodes: readonly SchemaNode[], form: readonly FormItem[]): SchemaViolation[] {
    this.nodes(nodes, form, '');
    return this.violations;
  }

  private nodes(nodes: readonly SchemaNode[], items: readonly FormItem[], above: string): void {
    for (const node of nodes) {
      const all = occurrencesOf(node, items, { names: this.names, known: this.known, above });
      const answered = all.filter(({ item }) => isAnswered(item));
      const place = all[0]?.path ?? (above === '' ? node.id : `${above}/${node.id}`);
      const { min, max } = node.count;
      if (answered.length < min) this.add(place, 'required', `${node.name} (${node.id}) is asked for at least ${min} times`);
      if (max !== null && answered.length > max) this.add(place, 'tooMany', `${node.name} (${node.id}) is asked for at most ${max} times`);
      for (const { path, item } of answered) {
        if (node.kind === 'group' && item.kind === 'group') this.nodes(node.nodes, item.items, path);
        else if (node.kind === 'field' && item.kind === 'field') this.field(node, item, path);
        else this.add(path, 'kind', node.kind === 'group' ? 'expects a group' : 'expects a single value');
      }
    }
  }

  private field({ dataType, constraints }: SchemaField, { value }: FormField, path: string): void {
    const text = String(value);
    const type = problemOfType(dataType, value);
    if (type !== undefined) {
      this.add(path, 'type', type);
      return;
    }
    const { minLength, maxLength, minValue, maxValue, pattern, codes } = constraints;
    const length = Array.from(text).length;
    if (minLength !== undefined && length < minLength) this.add(path, 'minLength', `expects at least ${minLength} characters`);
    if (maxLength !== undefined && length > maxLength) this.add(path, 'maxLength', `expects at most ${maxLength} characters`);
    if (isBefore(text, minValue)) this.add(path, 'minValue', `expects at least ${minValue ?? ''}`);
    if (isBefore(maxValue, text)) this.add(path, 'maxValue', `expects at most ${maxValue ?? ''}`);
    if (codes.length > 0 && !codes.includes(text)) this.add(path, 'code', 'expects one of the listed codes');
    if (pattern !== undefined) this.pattern(pattern, text, path);
  }

  private pattern(pattern: RegExp, text: string, path: string): void {
    try {
      if (!this.budget.run(JUDGING_MS_MAX, () => pattern.test(text))) this.add(path, 'pattern', 'does not match the pattern of the schema');
    } catch (error) {
      if (!(error instanceof TookTooLong)) throw error;
      this.add(path, 'undecided', `the pattern of the schema could not be decided within ${JUDGING_MS_MAX} ms`);
    }
  }

  private add(path: string, rule: string, message: string): void {
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push({ path: path.slice(0, 500), rule, message: message.slice(0, 500) });
  }
}

/** What is expected of a value of this type, when it is not that. Unknown types are texts. */
function problemOfType(dataType: string, value: FormField['value']): string | undefined {
  const text = String(value);
  switch (dataType) {
    case 'date':
      return Day.safeParse(text).success ? undefined : 'expects a day';
    case 'time':
      return CLOCK.test(text) ? undefined : 'expects a time of day';
    case 'datetime':
      return MOMENT.test(text) ? undefined : 'expects a moment';
    case 'bool':
      return typeof value === 'boolean' || text === 'true' || text === 'false' ? undefined : 'expects yes or no';
    case 'num_int':
      return Number.isInteger(numberOf(value)) ? undefined : 'expects a whole number';
    case 'num':
      return numberOf(value) === undefined ? 'expects a number' : undefined;
    case 'num_currency':
      return isMoney(numberOf(value)) ? undefined : 'expects an amount with at most two decimal places';
    default:
      return undefined;
  }
}

function numberOf(value: FormField['value']): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  return DECIMAL.test(value) ? Number(value) : germanNumber(value);
}

function isMoney(number: number | undefined): boolean {
  return number !== undefined && /^-?\d+(?:\.\d{1,2})?$/.test(String(number));
}

/** Numbers by size, days by the calendar; what is neither is not compared. */
function isBefore(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (Day.safeParse(one).success && Day.safeParse(other).success) return one < other;
  const [first, second] = [numberOf(one), numberOf(other)];
  return first !== undefined && second !== undefined && first < second;
}
