// SPDX-License-Identifier: EUPL-1.2
import { BlobTooLarge, type StoredBlob } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { Commander } from '../../delivery/step-commands.js';
import { House } from '../../house/tokens.js';
import { detachedBody, type Patience } from '../../http/detached-body.js';
import { ProblemError } from '../../http/problem.js';
import type { DocumentQuery } from '../catalogue.dto.js';
import type { Run } from './run.js';
import { RunCommands } from './run-commands.js';

/** A Land's catalogue over a slow line. */
const PATIENCE: Patience = { idleMs: 30_000, totalMs: 6 * 60 * 60_000 };

/** Takes documents in: first they are stored for good, then a run is asked for that reads them. Nothing is parsed while the sender waits. */
@Injectable()
export class BroughtDocuments {
  constructor(
    private readonly house: House,
    private readonly commands: RunCommands,
  ) {}

  /** @throws ProblemError 404, 403, 413, 400, 408 */
  async take(commander: Commander, source: string, { mode, name, dryRun }: DocumentQuery, request: FastifyRequest): Promise<Run> {
    // Before a byte is read: whoever may not bring it, or misspells the source, should not wait for the end of the line.
    const { documentBytesMax: bytesMax } = this.commands.own(commander, source);
    if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
    const blob = await this.store(request, bytesMax);
    try {
      if (blob.size === 0) throw new ProblemError(400, 'empty-document', 'The body is empty: the document belongs into it.');
      const upload = { blob: blob.id, name: name ?? 'document', mode, bytes: blob.size };
      return await this.commands.bring(commander, source, upload, dryRun);
    } catch (error) {
      // A store that broke off may have taken the run all the same: then the bytes stay, and the janitor removes what belongs to nobody.
      if (error instanceof ProblemError) await this.house.blobs.remove(blob.id);
      throw error;
    }
  }

  private async store(request: FastifyRequest, bytesMax: number): Promise<StoredBlob> {
    try {
      return await this.house.blobs.put(this.house.ids.uuid(), detachedBody(request.raw, PATIENCE), bytesMax);
    } catch (error) {
      throw error instanceof BlobTooLarge ? tooLarge(bytesMax) : error;
    }
  }
}

function tooLarge(bytesMax: number): ProblemError {
  return new ProblemError(413, 'too-large', `The document has more than ${bytesMax} bytes.`);
}
