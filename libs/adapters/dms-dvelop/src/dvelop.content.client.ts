// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { HttpFailure, type HttpStreamAnswer } from '@amtsbote/platform';

/** What is known of stored content: its length, and its digest when it was read through. */
export interface StoredContent {
  readonly length: number;
  /** Lower-case hex. */
  readonly sha512?: string;
}

/** Length of an answer's body as announced, or read through in constant memory. The caller ends the stream. */
export async function measured(answer: HttpStreamAnswer, by: 'length' | 'content'): Promise<StoredContent> {
  const announced = answer.headers['content-length'];
  const isPlain = (answer.headers['content-encoding'] ?? 'identity') === 'identity';
  if (by === 'length' && isPlain && announced !== undefined && /^\d{1,15}$/.test(announced)) return { length: Number(announced) };
  const hash = createHash('sha512');
  let length = 0;
  try {
    for await (const chunk of answer.stream as AsyncIterable<Buffer>) {
      hash.update(chunk);
      length += chunk.length;
    }
  } catch (error) {
    throw new HttpFailure('interrupted', 'sent', 'GET of a content: interrupted', error);
  }
  return { length, sha512: hash.digest('hex') };
}
