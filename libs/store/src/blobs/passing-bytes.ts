// SPDX-License-Identifier: EUPL-1.2
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that may pass between two collections. */
const EVERY_BYTES = 8 * 1024 * 1024;

/**
 * Buffers of streamed bytes lie outside of V8's heap. V8 looks at them only when the small objects in front of them have filled its young
 * generation, and by then some 50 MB of dead buffers have piled up. A young collection after every few megabytes takes about a millisecond
 * and keeps the process small while files of any size pass through.
 */
export class PassingBytes {
  private sinceCollection = 0;

  constructor(private readonly collect: () => void = youngCollection()) {}

  /** So many bytes have just passed. */
  passed(bytes: number): void {
    this.sinceCollection += bytes;
    if (this.sinceCollection < EVERY_BYTES) return;
    this.sinceCollection = 0;
    this.collect();
  }
}

type Collector = (options: { readonly type: 'minor'; readonly execution: 'sync' }) => void;

/** V8's own collector, which Node hides; does nothing where it stays hidden. */
function youngCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext("typeof gc === 'function' ? gc : undefined");
  setFlagsFromString('--no-expose-gc');
  return typeof gc === 'function' ? () => (gc as Collector)({ type: 'minor', execution: 'sync' }) : () => undefined;
}
