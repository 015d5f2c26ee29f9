// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';

import { IntakeRejection, type RawRequest, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { appendJournal } from '@amtsbote/store';
import { Controller, Get, Head, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../house/tokens.js';
import { mediaTypeOf, readBounded } from '../http/body-parsing.js';
import { ProblemError } from '../http/problem.js';
import { answerOf } from './answer.js';
import { IntakeEndpoints } from './endpoints.js';
import { type IntakeEndpoint, IntakeService } from './intake.service.js';
import { SlowSenderGuard } from './slow-sender.js';
import { readMultipart } from './submission-reader.js';

/** Where portals and form servers send submissions. */
@ApiTags('intake')
@Controller('intake')
export class IntakeController {
  constructor(
    private readonly house: House,
    private readonly endpoints: IntakeEndpoints,
    private readonly intake: IntakeService,
  ) {}

  /** Form servers probe the address before every start of a form, without credentials: it has to answer. */
  @Get(':endpoint')
  @Head(':endpoint')
  @ApiOperation({ summary: 'Says that the endpoint is there; needs no credentials.' })
  probe(@Param('endpoint') name: string): Record<string, unknown> {
    const endpoint = this.endpoints.get(name);
    return {
      endpoint: endpoint.name,
      accepts: endpoint.port.body.form === 'multipart' ? ['multipart/form-data'] : endpoint.port.body.mediaTypes,
    };
  }

  /** 202 means: stored for good, not yet delivered. The same submission again gets the same answer. */
  @Post(':endpoint')
  @ApiOperation({ summary: 'Takes one submission: verified, translated, durable, then answered.' })
  @ApiParam({ name: 'endpoint', description: 'Name of the endpoint in the configuration.' })
  async submit(@Param('endpoint') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const endpoint = this.endpoints.get(name);
    const guard = new SlowSenderGuard(request.raw, endpoint.config.limits);
    try {
      const row = await this.intake.accept(endpoint, await this.receive(endpoint, request));
      await reply.status(endpoint.config.answerStatus).send(answerOf(row, this.house.loaded.config.publicUrl));
    } catch (error) {
      await this.noteRejection(endpoint, error);
      closeAfterwards(request, reply);
      throw guard.isTooSlow ? new ProblemError(408, 'too-slow', 'The submission came too slowly.') : error;
    } finally {
      guard.release();
    }
  }

  private async receive(endpoint: IntakeEndpoint, request: FastifyRequest): Promise<ReceivedSubmission> {
    const { port, config } = endpoint;
    const mediaType = mediaTypeOf(request.headers['content-type']);
    const payload =
      request.body instanceof Object && Symbol.asyncIterator in request.body ? (request.body as IncomingMessage) : request.raw;
    const announced = Number(request.headers['content-length'] ?? 0);
    const accepted = port.body.form === 'multipart' ? ['multipart/form-data'] : port.body.mediaTypes;
    if (!accepted.includes(mediaType)) {
      throw new IntakeRejection(
        'wrongMediaType',
        'wrong-media-type',
        `Expects ${accepted.join(' or ')}, not "${mediaType.slice(0, 100)}".`,
        'Content-Type',
      );
    }
    if (port.body.form === 'multipart') {
      if (announced > config.limits.totalBytesMax) throw tooLarge(config.limits.totalBytesMax);
      const raw = this.rawOf(request, Buffer.alloc(0));
      port.verify(raw);
      const parts = await readMultipart(payload, {
        limits: config.limits,
        dataParts: port.body.dataParts,
        blobs: this.house.blobs,
        ids: this.house.ids,
      });
      return { request: raw, ...parts };
    }
    if (announced > config.limits.bodyBytesMax) throw tooLarge(config.limits.bodyBytesMax);
    const raw = this.rawOf(request, await readBounded(payload, config.limits.bodyBytesMax));
    port.verify(raw);
    return { request: raw, data: [], files: [] };
  }

  private rawOf(request: FastifyRequest, body: Buffer): RawRequest {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]),
    );
    return {
      method: request.method,
      headers,
      query: request.query as Record<string, string | undefined>,
      body,
      receivedAt: this.house.clock.now(),
    };
  }

  /** Refused submissions are visible; unsigned ones are only counted: anybody can send them. */
  private async noteRejection(endpoint: IntakeEndpoint, error: unknown): Promise<void> {
    if (!(error instanceof IntakeRejection)) return;
    const { code, kind, place } = error;
    this.house.log.warn('submission.rejected', { endpoint: endpoint.name, code, kind });
    if (kind === 'unsigned') return;
    const entry = {
      tenant: endpoint.config.tenant,
      applicationId: null,
      stepId: null,
      at: this.house.clock.now(),
      actor: `endpoint:${endpoint.name}`,
      event: 'submission.rejected',
      data: { code, place: place ?? null },
    };
    // The sender is told what is wrong even when nobody can write it down.
    await appendJournal(this.house.database, [entry]).catch((failure: unknown) => this.house.log.error('journal.failed', failure));
  }
}

function tooLarge(bytesMax: number): IntakeRejection {
  return new IntakeRejection('tooLarge', 'submission-too-large', `The submission has more than ${bytesMax} bytes.`, 'Content-Length');
}

/** A sender that is refused in the middle of its body gets the answer, a moment to read it, and then no more patience. */
function closeAfterwards(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete) return;
  void reply.header('connection', 'close');
  request.raw.resume();
  const patience = setTimeout(() => request.raw.destroy(), 2_000);
  patience.unref();
  request.raw.once('close', () => clearTimeout(patience));
}
