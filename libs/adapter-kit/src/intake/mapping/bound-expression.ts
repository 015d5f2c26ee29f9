// SPDX-License-Identifier: EUPL-1.2
import type { JsonValue } from '@amtsbote/canonical';
import { Environment, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js';

import { CEL_LIMITS } from '../../expression.js';
import { EXPRESSION_MS_MAX, mayRunAway, type TimeBudget, TookTooLong } from './bounded.js';

/** Longest time for all expressions of one submission together: the hub answers nobody else meanwhile. */
export const SUBMISSION_MS_MAX = 1_000;
/** Longest text an expression may give. */
const RESULT_LENGTH_MAX = 10_000;

/** An expression that cannot be evaluated for this submission. Says nothing of the values. */
export class MappingExpressionError extends Error {
  override readonly name = 'MappingExpressionError';
  constructor(
    readonly code: 'expression-failed' | 'expression-too-slow' | 'expression-too-large',
    detail: string,
  ) {
    super(detail);
  }
}

/** An expression with the names it may use. */
export interface ExpressionSpec {
  readonly from: Readonly<Record<string, string>>;
  readonly expr: string;
}

/** A compiled expression, or what is wrong with it. */
export interface BoundExpression {
  readonly problem?: string;
  /** @throws MappingExpressionError */
  readonly evaluate: (values: Readonly<Record<string, JsonValue>>, budget: TimeBudget) => JsonValue;
}

const base = new Environment({ limits: CEL_LIMITS, homogeneousAggregateLiterals: false })
  .registerFunction('text(dyn): string', (value: unknown) => textOf(value))
  .registerFunction('lower(string): string', (value: string) => value.toLowerCase())
  .registerFunction('upper(string): string', (value: string) => value.toUpperCase());

/** Compiled once for every place of the configuration that holds it. */
const compiled = new WeakMap<ExpressionSpec, BoundExpression>();

/** The expression of a source, compiled; sees nothing but the names in `from`. */
export function boundExpression(spec: ExpressionSpec): BoundExpression {
  const known = compiled.get(spec) ?? compile(spec);
  compiled.set(spec, known);
  return known;
}

function compile({ from, expr }: ExpressionSpec): BoundExpression {
  const environment = Object.keys(from).reduce((known, name) => known.registerVariable(name, 'dyn'), base.clone());
  try {
    const parsed = environment.parse(expr);
    const checked = parsed.check();
    if (!checked.valid) throw checked.error ?? new CelTypeError('not an expression');
    const isBounded = !mayRunAway(expr);
    const run = (values: Readonly<Record<string, JsonValue>>): JsonValue => plain(parsed({ ...values }));
    return { evaluate: (values, budget) => limited(() => run(values), isBounded ? undefined : budget) };
  } catch (error) {
    if (!(error instanceof ParseError) && !(error instanceof CelTypeError)) throw error;
    const [problem = 'not an expression'] = error.message.split('\n', 1);
    return {
      problem,
      evaluate: () => {
        throw new MappingExpressionError('expression-failed', 'The expression is not valid.');
      },
    };
  }
}

function limited(run: () => JsonValue, budget: TimeBudget | undefined): JsonValue {
  try {
    return budget === undefined ? run() : budget.run(EXPRESSION_MS_MAX, run);
  } catch (error) {
    if (error instanceof MappingExpressionError) throw error;
    if (error instanceof TookTooLong)
      throw new MappingExpressionError(
        'expression-too-slow',
        `An expression may take ${EXPRESSION_MS_MAX} ms, all together ${SUBMISSION_MS_MAX} ms: it was ended.`,
      );
    // The library's message may quote what a citizen wrote.
    throw new MappingExpressionError('expression-failed', 'The expression cannot be evaluated for this submission.');
  }
}

/** What an expression gave, as JSON; texts within their limit. */
function plain(value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = textOf(value);
  if (text.length <= RESULT_LENGTH_MAX) return text;
  throw new MappingExpressionError('expression-too-large', `The expression gives more than ${RESULT_LENGTH_MAX} characters.`);
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toISOString();
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
