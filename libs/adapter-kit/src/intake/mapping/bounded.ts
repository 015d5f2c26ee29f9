// SPDX-License-Identifier: EUPL-1.2
import { createContext, Script } from 'node:vm';

/** What took longer than it may was ended; nothing of it is known. */
export class TookTooLong extends Error {
  override readonly name = 'TookTooLong';
}

/* A context of our own, in which nothing is but the act of the moment: used for its watchdog only, not as a sandbox. */
const context = createContext({}) as { act?: (() => unknown) | undefined };
const script = new Script('act()');

/**
 * Runs something that might not end: loops within loops, a pattern that tries every way through a text. V8 interrupts both at the limit, which a
 * count of steps could not. Costs 0.1 ms, so only what might not end goes through here.
 * @param act pure: it may be ended anywhere.
 * @throws TookTooLong; whatever `act` throws.
 */
export function withinTime<Result>(ms: number, act: () => Result): Result {
  const outer = context.act;
  context.act = act;
  try {
    return script.runInContext(context, { timeout: ms }) as Result;
  } catch (error) {
    if (isTimeout(error)) throw new TookTooLong(`ended after ${ms} ms`);
    throw error;
  } finally {
    context.act = outer;
  }
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
}

/** Longest time for one expression, in milliseconds; real ones take a hundredth of one. */
export const EXPRESSION_MS_MAX = 200;
/** Pattern matching, and every walk over a list, may take any time; any other expression takes as long as it is long. */
const MAY_RUN_AWAY = /\b(?:matches|map|filter|all|exists|exists_one|split|join)\s*\(/;

/** Whether an expression (CEL) might take longer than its length tells. */
export function mayRunAway(expression: string): boolean {
  return MAY_RUN_AWAY.test(expression);
}

/** The time that all expressions of one submission have together. */
export class TimeBudget {
  private leftMs: number;

  constructor(ms: number) {
    this.leftMs = ms;
  }

  /** @throws TookTooLong when `act` takes longer than `ms`, or than what is left. */
  run<Result>(ms: number, act: () => Result): Result {
    const start = process.hrtime.bigint();
    try {
      return withinTime(Math.max(1, Math.min(ms, Math.ceil(this.leftMs))), act);
    } finally {
      this.leftMs -= Number(process.hrtime.bigint() - start) / 1e6;
    }
  }
}
