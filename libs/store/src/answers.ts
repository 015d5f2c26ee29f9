// SPDX-License-Identifier: EUPL-1.2
import type { Client } from 'pg';

/** A statement that says itself how long it may take: the server's own limit is off until the transaction is over. */
const SETS_OWN_LIMIT = /^\s*SET LOCAL statement_timeout/i;
const ENDS_TRANSACTION = /^\s*(COMMIT|ROLLBACK)\b/i;

/**
 * Ends the connection when a statement is not answered in time. A server has its own limit for statements; but of a line that has gone
 * silent (a pulled cable, a firewall that forgot the connection) nobody hears anything, and without this the statement waits for as long as
 * the kernel repeats its packets: a quarter of an hour, in which a hub stands still.
 * @param answerMs in milliseconds; longer than the server's own limit.
 */
export function watchAnswers(client: Client, answerMs: number): void {
  const query = client.query.bind(client) as (...wish: unknown[]) => unknown;
  let hasOwnLimit = false;
  const watch = (answer: Promise<unknown>): void => {
    const alarm = setTimeout(() => {
      streamOf(client).destroy(new Error(`Connection terminated: the server said nothing for ${answerMs} ms`));
    }, answerMs);
    alarm.unref();
    const calm = (): void => clearTimeout(alarm);
    answer.then(calm, calm);
  };
  Object.assign(client, {
    query: (first: unknown, ...rest: unknown[]): unknown => {
      const text = textOf(first);
      if (text !== undefined && SETS_OWN_LIMIT.test(text)) hasOwnLimit = true;
      if (text !== undefined && ENDS_TRANSACTION.test(text)) hasOwnLimit = false;
      const answer = query(first, ...rest);
      if (answer instanceof Promise && !hasOwnLimit) watch(answer);
      return answer;
    },
  });
}

function textOf(first: unknown): string | undefined {
  if (typeof first === 'string') return first;
  const { text } = Object(first) as { text?: unknown };
  return typeof text === 'string' ? text : undefined;
}

/** The socket of a connection; `pg` has it, its types do not. */
function streamOf(client: Client): { destroy(error: Error): void } {
  return (client as unknown as { connection: { stream: { destroy(error: Error): void } } }).connection.stream;
}
