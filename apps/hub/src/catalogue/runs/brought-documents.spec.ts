// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';

import { ProblemError } from '../../http/problem.js';
import { BroughtDocuments } from './brought-documents.js';

describe('a document whose run could not be asked for', () => {
  const removedAfter = async (failure: Error): Promise<string[]> => {
    const removed: string[] = [];
    const house = {
      ids: { uuid: () => 'blob-1' },
      blobs: { put: async (id: string) => ({ id, size: 5, sha512: '' }), remove: async (id: string) => void removed.push(id) },
    };
    const documents = new BroughtDocuments(
      house as never,
      { own: () => ({ documentBytesMax: 1_000 }), bring: () => Promise.reject(failure) } as never,
    );
    const request = { headers: {}, raw: Readable.from([]) } as unknown as FastifyRequest;
    const taking = documents.take({ actor: 'test', tenants: null }, 'redaktion', { mode: 'snapshot' } as never, request);
    await expect(taking).rejects.toBe(failure);
    return removed;
  };

  it('is removed when the run is refused', async () => {
    await expect(removedAfter(new ProblemError(409, 'run-open', 'no'))).resolves.toEqual(['blob-1']);
  });

  it('stays when the store did not say whether it took the run', async () => {
    await expect(removedAfter(new Error('Connection terminated unexpectedly'))).resolves.toEqual([]);
  });
});
