// SPDX-License-Identifier: EUPL-1.2
import { Worker } from 'node:worker_threads';

import { type CatalogueChange, WrittenPut } from '@amtsbote/canonical';

import { type BatchContext, type BatchResult, parseBatch } from './xzufi.batch.client.js';
import { XmlFault } from './xzufi.limits.client.js';
import { schemaCheckOf, SchemaError } from './xzufi.schema.client.js';
import type { SentResult } from './xzufi.sent.client.js';

/** A batch for a thread. */
export interface BatchOrder {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly context: BatchContext;
}

/** What a thread answers: the result, a schema that cannot be used, or a mistake of ours. */
export type BatchAnswer = { readonly result: SentResult } | { readonly schemaError: string } | { readonly bug: string };

/** A batch that has been parsed, or is when it is its turn: only one batch's objects are in memory. */
export interface ParsedBatch {
  result(): BatchResult;
}

/** How a thread is started; tests start one that runs the sources. */
export type StartThread = () => Worker;

/** Memory of a thread, in MiB: enough for batches up to {@link BYTES_IN_THREAD_MAX}; what is allowed is also what is used before it is tidied up. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** Larger batches (one very large object) are parsed where they are. */
const BYTES_IN_THREAD_MAX = 2 * 1024 * 1024;
/** Batches that one thread holds at most: one it works on, one that waits. */
const HELD_MAX = 2;

const startThread: StartThread = () =>
  new Worker(new URL('./xzufi.worker.client.js', import.meta.url), { resourceLimits: THREAD_LIMITS, stdin: false });

const TOO_MUCH = new XmlFault('limit-exceeded', 'A part of the document needs more memory than a parser may take.');
const isTooMuch = (error: object): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

interface Thread {
  readonly worker: Worker;
  readonly waiting: PromiseWithResolvers<ParsedBatch>[];
}

/**
 * Parses batches in threads, and here when all threads have enough to do. Each thread answers in the order in which it was asked. Threads start
 * when they are first needed.
 */
export class ParserPool {
  private readonly threads: Thread[] = [];
  private readonly size: number;
  private readonly start: StartThread;

  /** `size` 0 = no threads: everything is parsed where it is. */
  constructor(size: number, start: StartThread = startThread) {
    this.size = size;
    this.start = start;
  }

  /** Batches that may be under way at the same time. */
  get capacity(): number {
    return this.size * HELD_MAX + 1;
  }

  /** Here, without a thread. */
  async parseHere({ bytes, context }: BatchOrder): Promise<ParsedBatch> {
    const check = context.schema === undefined ? undefined : await schemaCheckOf(context.schema);
    return { result: () => parseBatch(bytes, context, check) };
  }

  /** In a thread if one has time. The bytes are gone afterwards. */
  parse(order: BatchOrder): Promise<ParsedBatch> {
    const thread = order.bytes.length > BYTES_IN_THREAD_MAX ? undefined : this.idlest();
    if (thread === undefined) return this.parseHere(order);
    const waiting = Promise.withResolvers<ParsedBatch>();
    // Whoever gives up early waits for none of them.
    waiting.promise.catch(() => undefined);
    thread.waiting.push(waiting);
    thread.worker.postMessage(order, [order.bytes.buffer]);
    return waiting.promise;
  }

  /** Ends the threads; what is under way is lost. */
  async close(): Promise<void> {
    await Promise.all(this.threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  private idlest(): Thread | undefined {
    const idle = this.threads.find(({ waiting }) => waiting.length === 0);
    if (idle !== undefined) return idle;
    if (this.threads.length < this.size) return this.startOne();
    return this.threads.find(({ waiting }) => waiting.length < HELD_MAX);
  }

  private startOne(): Thread {
    const thread: Thread = { worker: this.start(), waiting: [] };
    thread.worker.on('message', (answer: BatchAnswer) => settle(thread.waiting.shift(), answer));
    thread.worker.on('error', (error: Error) => {
      for (const waiting of thread.waiting.splice(0)) waiting.reject(isTooMuch(error) ? TOO_MUCH : error);
    });
    thread.worker.on('exit', () => {
      for (const waiting of thread.waiting.splice(0)) waiting.reject(new Error('the parser thread has ended'));
    });
    this.threads.push(thread);
    return thread;
  }
}

function settle(waiting: PromiseWithResolvers<ParsedBatch> | undefined, answer: BatchAnswer): void {
  if ('result' in answer) waiting?.resolve({ result: () => received(answer.result) });
  else if ('schemaError' in answer) waiting?.reject(new SchemaError(answer.schemaError));
  else waiting?.reject(new Error(answer.bug));
}

function received({ sent, ...rest }: SentResult): BatchResult {
  const changes = sent.map(([kind, schemeAgencyId, id, json]): CatalogueChange => {
    const target = { kind, key: { schemeAgencyId, id } };
    return json === null ? { op: 'remove', ...target } : new WrittenPut(target, json);
  });
  return { ...rest, changes };
}
