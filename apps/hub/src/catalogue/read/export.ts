// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { CatalogueChange } from '@amtsbote/canonical';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { CatalogueObjects } from './objects.js';
import type { View } from './views.js';

/** Writes a source as a document of its own standard, in constant memory. */
@Injectable()
export class CatalogueExport {
  constructor(
    private readonly house: House,
    private readonly instances: Instances,
    private readonly objects: CatalogueObjects,
  ) {}

  /** @throws ProblemError 404 */
  async send(source: string, view: View, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const config = this.house.loaded.config.catalogue.sources[source];
    if (config === undefined) throw new ProblemError(404, 'unknown-source', 'There is no such catalogue source.');
    const { port } = this.instances.get(config.instance, 'catalogue');
    const ending = new AbortController();
    request.raw.socket.once('close', () => ending.abort());
    const head = {
      messageId: this.house.ids.uuid(),
      createdAt: this.house.clock.now().toISOString(),
      sender: this.house.loaded.config.publicUrl,
      recipient: '',
    };
    const pieces = port.write(head, this.changes(view), ending.signal);
    // Which media type it is, only the adapter knows; a name that says what it is of is enough.
    void reply
      .header('content-type', 'application/octet-stream')
      .header('content-disposition', `attachment; filename="${source}-${view.version}"`)
      .header('x-catalogue-version', view.version);
    await reply.send(Readable.from(bytesOf(pieces), { objectMode: false }));
  }

  private async *changes(view: View): AsyncGenerator<CatalogueChange> {
    for await (const object of this.objects.all(view)) yield { op: 'put', object };
  }
}

async function* bytesOf(pieces: AsyncIterable<{ readonly bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes;
}
