// SPDX-License-Identifier: EUPL-1.2
import { parentPort } from 'node:worker_threads';

import { SchemaError } from '@amtsbote/adapter-kit/xsd';

import { parseBatch } from './xzufi.batch.client.js';
import type { BatchAnswer, BatchOrder } from './xzufi.pool.client.js';
import { schemaCheckOf } from './xzufi.schema.client.js';
import { sentResult } from './xzufi.sent.client.js';

/* The program of a parser's thread: takes batches, answers with their results. */

async function answerTo({ bytes, context }: BatchOrder): Promise<BatchAnswer> {
  try {
    const check = context.schema === undefined ? undefined : await schemaCheckOf(context.schema);
    return { result: sentResult(parseBatch(bytes, context, check)) };
  } catch (error) {
    const message = error instanceof Error ? error.message : 'unknown';
    return error instanceof SchemaError ? { schemaError: message } : { bug: message };
  }
}

parentPort?.on('message', (order: BatchOrder) => void answerTo(order).then((answer) => parentPort?.postMessage(answer)));
