// SPDX-License-Identifier: EUPL-1.2
import { parentPort, workerData } from 'node:worker_threads';

import type { Treatment } from '@amtsbote/adapter-kit';
import { SchemaError } from '@amtsbote/adapter-kit/xsd';

import { type BatchAnswer, type BatchOrder, parsedBatch } from './xzufi.pool.client.js';

/* The program of a parser's thread: takes batches, answers with what became of them. `workerData`: address of the treatment's module. */
const treatment = import(workerData as string) as Promise<Pick<Treatment, 'treat'>>;

async function answerTo(order: BatchOrder): Promise<BatchAnswer> {
  try {
    return { result: (await parsedBatch(order, await treatment)).result() };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    return error instanceof SchemaError ? { schemaError: message } : { bug: message };
  }
}

/** Whatever is in it already need not be copied. */
const buffersOf = (answer: BatchAnswer): ArrayBuffer[] => ('result' in answer ? [...(answer.result.treated?.buffers ?? [])] : []);

parentPort?.on('message', (order: BatchOrder) => void answerTo(order).then((answer) => parentPort?.postMessage(answer, buffersOf(answer))));
