// SPDX-License-Identifier: EUPL-1.2
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

import type { Treated, Treatment } from '@amtsbote/adapter-kit';
import { SchemaError } from '@amtsbote/adapter-kit/xsd';
import type { CatalogueChange } from '@amtsbote/canonical';

import { type BatchContext, type BatchResult, parseBatch } from './xzufi.batch.client.js';
import { XmlFault } from './xzufi.limits.client.js';
import { schemaCheckOf } from './xzufi.schema.client.js';

/** A batch to be parsed. */
export interface BatchOrder {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where the elements in it end. */
  readonly ends: readonly number[];
  readonly context: BatchContext;
}

/** What becomes of a batch: its changes, or what was made of them. */
export type TreatedResult = Omit<BatchResult, 'marks'> & { readonly treated?: Treated; readonly objects: number };

/** What a thread answers: the result, a schema that cannot be used, or a mistake of ours. */
export type BatchAnswer = { readonly result: TreatedResult } | { readonly schemaError: string } | { readonly bug: string };

/** A batch that has been parsed, or is when it is its turn: only one batch's objects are in memory. */
export interface ParsedBatch {
  result(): TreatedResult;
}

/** How a thread is started that treats by a module; tests start one that runs the sources. */
export type StartThread = (module: string) => Worker;

/** Memory of a thread, in MiB: enough for batches up to {@link BYTES_IN_THREAD_MAX}; what is allowed is also what is used before it is tidied up. */
const THREAD_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };
/** Larger batches (one very large object) are parsed where they are. */
const BYTES_IN_THREAD_MAX = 2 * 1024 * 1024;
/** Batches that one thread holds at most: one it works on, one that waits. */
const HELD_MAX = 2;
/** Batches that wait for a thread beside those; more of them outlive the young part of the heap. */
const QUEUED_MAX = 4;

const startThread: StartThread = (module) =>
  new Worker(new URL('./xzufi.worker.client.js', import.meta.url), { workerData: module, resourceLimits: THREAD_LIMITS, stdin: false });

const TOO_MUCH = new XmlFault('limit-exceeded', 'A part of the document needs more memory than a parser may take.');
const isTooMuch = (error: object): boolean => 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';

interface Thread {
  readonly worker: Worker;
  readonly waiting: PromiseWithResolvers<ParsedBatch>[];
}

/** A batch that no thread has yet. */
interface Queued {
  readonly order: BatchOrder;
  readonly waiting: PromiseWithResolvers<ParsedBatch>;
}

/** Parses a batch and treats it. Nothing of its objects is left where they are treated. */
export async function parsedBatch(
  { bytes, ends, context }: BatchOrder,
  treatment: Pick<Treatment, 'treat'> | undefined,
): Promise<ParsedBatch> {
  const check = context.schema === undefined ? undefined : await schemaCheckOf(context.schema);
  return {
    result: () => {
      const { marks, ...result } = parseBatch(bytes, ends, context, check);
      const { changes } = result;
      const objects = changes.length;
      return treatment === undefined
        ? { ...result, objects }
        : { ...result, objects, changes: [], treated: treatment.treat(changes, marks) };
    },
  };
}

/**
 * Parses batches in threads, which take the next one when they have time; whoever has to wait for one parses here meanwhile, so both are busy as
 * long as there is something to do. Each thread answers in the order in which it was asked. Threads start when they are first needed. Only what
 * is treated is parsed in threads: to hand objects over takes longer than to make them.
 */
export class ParserPool {
  private readonly threads: Thread[] = [];
  private queue: Queued[] = [];
  private readonly size: number;
  private readonly treatment: Treatment | undefined;
  private readonly start: StartThread;

  /** `size` 0 = no threads: everything is parsed where it is. */
  constructor(size: number, treatment?: Treatment, start: StartThread = startThread) {
    this.size = treatment === undefined ? 0 : size;
    this.treatment = treatment;
    this.start = start;
  }

  /** Batches that may be under way at the same time. */
  get capacity(): number {
    return this.size === 0 ? 1 : this.size * HELD_MAX + QUEUED_MAX;
  }

  /** Here, without a thread. */
  parseHere(order: BatchOrder): Promise<ParsedBatch> {
    return parsedBatch(order, this.treatment);
  }

  /** Changes that are there already. */
  treated(changes: CatalogueChange[]): Pick<TreatedResult, 'changes' | 'treated' | 'objects'> {
    const objects = changes.length;
    return this.treatment === undefined ? { changes, objects } : { changes: [], objects, treated: this.treatment.treat(changes, []) };
  }

  /** In a thread as soon as one has time. The bytes are gone afterwards. */
  parse(order: BatchOrder): Promise<ParsedBatch> {
    if (this.size === 0 || order.bytes.length > BYTES_IN_THREAD_MAX) return this.parseHere(order);
    const waiting = Promise.withResolvers<ParsedBatch>();
    // Whoever gives up early waits for none of them.
    waiting.promise.catch(() => undefined);
    this.queue.push({ order, waiting });
    this.handOut();
    return waiting.promise;
  }

  /** Waits for a batch, and parses such as no thread has taken until it is there: the oldest first, which is the one that is waited for next. */
  async next(parsed: Promise<ParsedBatch>): Promise<ParsedBatch> {
    const isThere = parsed.then(
      () => true,
      () => true,
    );
    // Answers that have come are heard between two batches, which take milliseconds each.
    while (!(await Promise.race([isThere, setImmediate(false)]))) {
      const queued = this.queue.shift();
      if (queued === undefined) break;
      await this.parseQueued(queued);
    }
    return parsed;
  }

  /** Ends the threads; what is under way is lost. */
  async close(): Promise<void> {
    const ended = new Error('the parser has been closed');
    for (const { waiting } of this.queue.splice(0)) waiting.reject(ended);
    await Promise.all(this.threads.splice(0).map(({ worker }) => worker.terminate()));
  }

  private async parseQueued({ order, waiting }: Queued): Promise<void> {
    try {
      const result = (await this.parseHere(order)).result();
      waiting.resolve({ result: () => result });
    } catch (error) {
      waiting.reject(error);
    }
  }

  private handOut(): void {
    while (this.queue.length > 0) {
      const thread = this.idlest();
      const queued = thread === undefined ? undefined : this.queue.shift();
      if (thread === undefined || queued === undefined) return;
      thread.waiting.push(queued.waiting);
      thread.worker.postMessage(queued.order, [queued.order.bytes.buffer]);
    }
  }

  private idlest(): Thread | undefined {
    const idle = this.threads.find(({ waiting }) => waiting.length === 0);
    if (idle !== undefined) return idle;
    if (this.threads.length < this.size) return this.startOne();
    return this.threads.find(({ waiting }) => waiting.length < HELD_MAX);
  }

  private startOne(): Thread {
    const thread: Thread = { worker: this.start(this.treatment?.module ?? ''), waiting: [] };
    thread.worker.on('message', (answer: BatchAnswer) => {
      settle(thread.waiting.shift(), answer);
      this.handOut();
    });
    thread.worker.on('error', (error: Error) => this.fail(thread, isTooMuch(error) ? TOO_MUCH : error));
    thread.worker.on('exit', () => this.fail(thread, new Error('the parser thread has ended')));
    this.threads.push(thread);
    return thread;
  }

  /** A thread that has ended answers nothing, and takes nothing any more. */
  private fail(thread: Thread, error: Error): void {
    const at = this.threads.indexOf(thread);
    if (at !== -1) this.threads.splice(at, 1);
    for (const waiting of thread.waiting.splice(0)) waiting.reject(error);
  }
}

function settle(waiting: PromiseWithResolvers<ParsedBatch> | undefined, answer: BatchAnswer): void {
  if ('result' in answer) waiting?.resolve({ result: () => answer.result });
  else if ('schemaError' in answer) waiting?.reject(new SchemaError(answer.schemaError));
  else waiting?.reject(new Error(answer.bug));
}
