// SPDX-License-Identifier: EUPL-1.2
import { createHmac, randomUUID } from 'node:crypto';

import type { LoadRequest } from './load-job.js';

/** Makes requests that differ in the id of the submission alone. */
export function requestMaker({ path, headers, pieces, secret }: LoadRequest): () => Buffer[] {
  const fixed = pieces.map((piece) => Buffer.from(piece, 'base64'));
  const key = secret === undefined ? undefined : Buffer.from(secret.slice('whsec_'.length), 'base64');
  const common = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return () => {
    const id = Buffer.from(randomUUID());
    const body = fixed.flatMap((piece, index) => (index === 0 ? [piece] : [id, piece]));
    const length = body.reduce((sum, piece) => sum + piece.length, 0);
    const signed = key === undefined ? [] : signature(String(id), key, body);
    const head = [`POST ${path} HTTP/1.1`, 'Host: 127.0.0.1', ...common, `Content-Length: ${length}`, ...signed, '', ''].join('\r\n');
    return [Buffer.from(head), ...body];
  };
}

function signature(id: string, key: Buffer, body: readonly Buffer[]): string[] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`);
  for (const piece of body) mac.update(piece);
  return [`webhook-id: ${id}`, `webhook-timestamp: ${timestamp}`, `webhook-signature: v1,${mac.digest('base64')}`];
}
