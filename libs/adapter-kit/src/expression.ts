// SPDX-License-Identifier: EUPL-1.2
import { type Application, fieldsOf, type FormValue } from '@amtsbote/canonical';
import { Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { z } from 'zod';

import type { DeliverableDocument } from './documents.js';
import { EXPRESSION_MS_MAX, mayRunAway, TookTooLong, withinTime } from './intake/mapping/bounded.js';

/** Longest expression and deepest nesting an operator may write; real ones stay below a tenth. */
const EXPRESSION_LENGTH_MAX = 1_000;
/** Structural limits of every expression, whatever it is for. */
export const CEL_LIMITS = { maxAstNodes: 500, maxDepth: 50, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 10 };

/**
 * The words an expression may use: `application` (the canonical application), `fields` (technical field name → first value in the form) and
 * `amountCents` (0 when nothing has to be paid) and `caseReference` (reference of the application with which the case began, so that all of it
 * goes into one Akte); in mappings of documents also `document` (key, role, fileName, originalName, mediaType, size), and in all mappings of
 * index data `filing` (rule, version, cabinet, retention, documentClass by the Aktenplan; empty without a rule). Common Expression Language
 * (CEL): no loops, no side effects, no access to anything else.
 */
const environment = new Environment({ limits: CEL_LIMITS, homogeneousAggregateLiterals: false })
  .registerVariable('application', 'map')
  .registerVariable('fields', 'map')
  .registerVariable('caseReference', 'string')
  .registerVariable('amountCents', 'double')
  .registerVariable('decision', 'bool')
  .registerVariable('document', 'map')
  .registerVariable('filing', 'map')
  .registerFunction('text(dyn): string', (value: unknown) => (value === null || value === undefined ? '' : scalarText(value)))
  .registerFunction('text(map, string): string', (map: unknown, key: string) => {
    const value = (map as Record<string, unknown>)[key];
    return value === null || value === undefined ? '' : scalarText(value);
  });

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  return JSON.stringify(value);
}

/** What is known when an expression is evaluated. */
export interface ExpressionSubject {
  /** Complete everywhere but in a translation, where ids, reference and time do not exist yet: reading them there is an ExpressionError. */
  readonly application: Partial<Application> & Pick<Application, 'form'>;
  /** True while the decision is handled, for mappings that differ then. */
  readonly decision?: boolean;
  /** The document that is described, for mappings of its index data. */
  readonly document?: DeliverableDocument;
  /** What the Aktenplan says, for mappings of index data. */
  readonly filing?: Readonly<Record<string, string | number>>;
}

/** A compiled expression. @throws ExpressionError when this application lacks what it reads. */
export type Expression<Result> = (subject: ExpressionSubject) => Result;

/** An expression that does not parse, or that cannot be evaluated for one application. Holds no values of the application. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

function compile(source: string): (subject: ExpressionSubject) => unknown {
  if (source.length > EXPRESSION_LENGTH_MAX) throw new ExpressionError(`an expression has at most ${EXPRESSION_LENGTH_MAX} characters`);
  try {
    const parsed = environment.parse(source);
    const checked = parsed.check();
    if (!checked.valid) throw new ExpressionError(firstLine(checked.error));
    return (subject) => evaluate(parsed, source, subject);
  } catch (error) {
    if (error instanceof ParseError || error instanceof CelTypeError) throw new ExpressionError(firstLine(error));
    throw error;
  }
}

function evaluate(parsed: (context: Record<string, unknown>) => unknown, source: string, subject: ExpressionSubject): unknown {
  const fields: Record<string, FormValue> = {};
  for (const { field } of fieldsOf(subject.application.form)) fields[field.name] ??= field.value;
  const known = {
    application: subject.application,
    fields,
    amountCents: subject.application.payment?.amount.cents ?? 0,
    ...caseOf(subject.application),
    decision: subject.decision ?? false,
    document: subject.document === undefined ? {} : wordsOf(subject.document),
    filing: subject.filing ?? {},
  };
  try {
    return mayRunAway(source) ? withinTime(EXPRESSION_MS_MAX, () => parsed(known)) : parsed(known);
  } catch (error) {
    if (error instanceof TookTooLong) throw new ExpressionError(`took longer than ${EXPRESSION_MS_MAX} ms and was ended: ${source}`);
    // The library's message may quote values of the application; the expression itself says enough.
    throw new ExpressionError(`cannot be evaluated for this application: ${source}`);
  }
}

/** Absent in a translation, where there is no reference yet: reading it there is an error. */
function caseOf({ caseReference, reference }: ExpressionSubject['application']): { caseReference?: string } {
  const first = caseReference ?? reference;
  return first === undefined ? {} : { caseReference: first };
}

function wordsOf({ key, role, fileName, originalName, mediaType, size }: DeliverableDocument): Record<string, string | number> {
  return { key, role, fileName, originalName, mediaType, size };
}

function firstLine(error: Error | undefined): string {
  return (error?.message ?? 'not an expression').split('\n', 1)[0] ?? '';
}

/**
 * Compiles a yes/no expression such as `amountCents > 0.0` or `"99050012104000" in application.publicService.leikaKeys`.
 * @throws ExpressionError when it does not parse.
 */
export function compileCondition(source: string): Expression<boolean> {
  const expression = compile(source);
  return (subject) => {
    const result = expression(subject);
    if (typeof result !== 'boolean') throw new ExpressionError(`must give true or false: ${source}`);
    return result;
  };
}

/**
 * Compiles an expression that gives a text, such as `"GEW " + application.reference`. Numbers and booleans are written out.
 * @throws ExpressionError when it does not parse.
 */
export function compileText(source: string): Expression<string> {
  const expression = compile(source);
  return (subject) => {
    const result = expression(subject);
    return result === null || result === undefined ? '' : scalarText(result);
  };
}

/**
 * Compiles an expression that gives any number of texts, such as `application.publicService.leikaKeys`: a list gives its elements, anything
 * else one text, nothing and an empty text none.
 * @throws ExpressionError when it does not parse.
 */
export function compileTexts(source: string): Expression<readonly string[]> {
  const expression = compile(source);
  return (subject) => {
    const result = expression(subject);
    const items: readonly unknown[] = Array.isArray(result) ? result : [result];
    return items.flatMap((item) => (item === null || item === undefined || item === '' ? [] : [scalarText(item)]));
  };
}

/** Config schema of an expression: checked when the configuration loads, not when the first application arrives. */
export function expression(): z.ZodString {
  return z
    .string()
    .max(EXPRESSION_LENGTH_MAX)
    .superRefine((source, ctx) => {
      try {
        compile(source);
      } catch (error) {
        ctx.addIssue({ code: 'custom', message: `not a valid expression (CEL): ${error instanceof Error ? error.message : 'unreadable'}` });
      }
    })
    .meta({ expression: true });
}
