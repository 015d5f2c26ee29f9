// SPDX-License-Identifier: EUPL-1.2

/**
 * Waits for an answer that others wait for too, but no longer than this caller may.
 * @throws the signal's reason; the shared work goes on.
 */
export async function unlessAborted<Result>(shared: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([shared, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
