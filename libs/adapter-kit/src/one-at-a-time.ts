// SPDX-License-Identifier: EUPL-1.2

/**
 * Runs tasks with the same key one after the other, tasks with different keys side by side: for "search, else create" at targets that do
 * not refuse a second object with the same key. It holds within one process and one adapter instance; it is no substitute for a target
 * that enforces uniqueness.
 */
export class OneAtATime {
  private readonly tails = new Map<string, Promise<void>>();

  /**
   * Waits for its turn, then runs the task.
   * @throws the signal's reason when it fires while waiting; the task has not begun then.
   */
  async run<Result>(key: string, signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    const before = this.tails.get(key) ?? Promise.resolve();
    const turn = Promise.withResolvers<undefined>();
    // A waiter that gives up passes the turn on, but not before the ones ahead of it are done.
    const tail = before.then(() => turn.promise);
    this.tails.set(key, tail);
    try {
      await settledOrAborted(before, signal);
      return await task();
    } finally {
      turn.resolve(undefined);
      if (this.tails.get(key) === tail) this.tails.delete(key);
    }
  }
}

async function settledOrAborted(before: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([before, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
