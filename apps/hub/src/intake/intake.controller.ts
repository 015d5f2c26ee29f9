// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { type BodyCheck, type BodyForm, IntakeRejection, type RawRequest, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { crashPoint } from '@amtsbote/platform';
import { appendJournal } from '@amtsbote/store';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import type { EndpointConfig } from '../config/endpoint-config.js';
import { House } from '../house/tokens.js';
import { mediaTypeOf, readBounded } from '../http/body-parsing.js';
import { detachedBody } from '../http/detached-body.js';
import { BusyError, ProblemError } from '../http/problem.js';
import { answerOf, PASSED_OVER, SIGNALLED, written } from './answer.js';
import { IntakeEndpoints } from './endpoints.js';
import { LONG_TEXT, withoutFiles } from './inline-files.js';
import { type IntakeEndpoint, IntakeService } from './intake.service.js';
import { type Arrival, IntakePressure, type Place } from './pressure/intake-pressure.js';
import { PullSignals } from './pull/pull-signals.js';
import { readMultipart } from './submission-reader.js';
import { urlEncodedFields } from './url-encoded.js';

const MULTIPART = 'multipart/form-data';
const URL_ENCODED = 'application/x-www-form-urlencoded';

/** Where portals and form servers send submissions. */
@ApiTags('intake')
@Controller('intake')
export class IntakeController {
  constructor(
    private readonly house: House,
    private readonly endpoints: IntakeEndpoints,
    private readonly intake: IntakeService,
    private readonly pressure: IntakePressure,
    private readonly signals: PullSignals,
  ) {}

  /** Form servers probe the address before every start of a form, without credentials: it has to answer; HEAD as well. */
  @Get(':endpoint')
  @ApiOperation({ summary: 'Says that the endpoint is there; needs no credentials.' })
  probe(@Param('endpoint') name: string, @Req() request: FastifyRequest): Record<string, unknown> {
    const endpoint = this.endpoints.get(name);
    // A form that is sent by GET has its values in the address: a success would lose it without a word.
    if (endpoint.port.body.form === 'fields' && Object.keys(request.query as object).some((key) => key.toLowerCase() !== 'wsdl'))
      throw new ProblemError(405, 'form-sent-by-get', 'Forms have to be sent by POST. Nothing was stored.');
    return {
      endpoint: endpoint.name,
      accepts: mediaTypesOf(endpoint.port.body),
    };
  }

  /** 202 means: stored for good, not yet delivered. The same submission again gets the same answer. */
  @Post(':endpoint')
  @ApiOperation({ summary: 'Takes one submission: verified, translated, durable, then answered.' })
  @ApiParam({ name: 'endpoint', description: 'Name of the endpoint in the configuration.' })
  async submit(@Param('endpoint') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const endpoint = this.endpoints.get(name);
    const sender: Sender = { isVerified: false, place: undefined };
    try {
      const received = await this.receive(endpoint, request, sender);
      if (await this.signals.take(endpoint, received)) {
        await send(reply, endpoint.config, SIGNALLED);
        return;
      }
      if (await this.intake.isPassedOver(endpoint, received)) {
        await send(reply, endpoint.config, PASSED_OVER);
        return;
      }
      const row = await this.intake.accept(endpoint, received);
      crashPoint('intake.committed');
      await send(reply, endpoint.config, answerOf(row, this.house.loaded.config.publicUrl));
    } catch (error) {
      await this.noteRejection(endpoint, error, sender.isVerified);
      throw error;
    } finally {
      sender.place?.leave();
    }
  }

  /** Credentials or signature first, wherever that is possible: strangers learn nothing else. */
  private async receive(endpoint: IntakeEndpoint, request: FastifyRequest, sender: Sender): Promise<ReceivedSubmission> {
    const { port, config } = endpoint;
    const { limits } = config;
    const { body: expected } = port;
    const announced = Number(request.headers['content-length'] ?? 0);
    if (expected.form === 'bytes') {
      const check =
        expected.inlineFiles === true && mayHoldFiles(request) ? port.bodyCheck(this.rawOf(request, Buffer.alloc(0))) : undefined;
      if (check !== undefined) return this.receiveInline(endpoint, request, { sender, check, mediaTypes: expected.mediaTypes });
      const body = await this.bytesOf(request, config, sender);
      const raw = this.rawOf(request, body);
      port.verify(raw);
      sender.isVerified = true;
      checkMediaType(request, expected.mediaTypes);
      return { request: raw, data: [], files: [] };
    }
    const raw = this.rawOf(request, Buffer.alloc(0));
    port.verify(raw);
    sender.isVerified = true;
    crashPoint('intake.reading');
    checkMediaType(request, mediaTypesOf(expected));
    if (expected.form === 'fields' && mediaTypeOf(request.headers['content-type']) === URL_ENCODED) {
      const fields = { fieldsMax: expected.fieldsMax, valueBytesMax: limits.dataPartBytesMax };
      return { request: raw, data: urlEncodedFields(await this.bytesOf(request, config, sender), fields), files: [] };
    }
    if (announced > limits.totalBytesMax) throw tooLarge(limits.totalBytesMax);
    sender.place = await this.pressure.enter(arrival(request, config));
    const parts = await readMultipart(request.raw, {
      limits,
      ...(expected.form === 'fields' ? { dataParts: [], dataPartsMax: expected.fieldsMax } : { dataParts: expected.dataParts }),
      blobs: this.house.blobs,
      ids: this.house.ids,
    });
    return { request: raw, ...parts };
  }

  /** A body whose files go into the blob store while it comes in; checked by then, and forgotten when the check fails. */
  private async receiveInline(
    endpoint: IntakeEndpoint,
    request: FastifyRequest,
    { sender, check, mediaTypes }: Inline,
  ): Promise<ReceivedSubmission> {
    const { limits } = endpoint.config;
    if (Number(request.headers['content-length'] ?? 0) > limits.totalBytesMax) throw tooLarge(limits.totalBytesMax);
    sender.place = await this.pressure.enter(arrival(request, endpoint.config));
    const hash = createHash('sha256');
    const body = detachedBody(request.raw, limits);
    const { blobs, ids, randomness } = this.house;
    const nonce = Buffer.from(randomness.bytes(16)).toString('hex');
    try {
      const checked = checkedBytes(body, limits.totalBytesMax, (chunk) => {
        check.update(chunk);
        hash.update(chunk);
      });
      const { json, files } = await withoutFiles(checked, { blobs, ids, limits, nonce });
      try {
        check.end();
        sender.isVerified = true;
        checkMediaType(request, mediaTypes);
      } catch (error) {
        await Promise.allSettled(files.map(({ id }) => blobs.remove(id)));
        throw error;
      }
      return { request: { ...this.rawOf(request, json), bodySha256: hash.digest('hex') }, data: [], files };
    } finally {
      body.destroy();
    }
  }

  /** @throws IntakeRejection tooLarge; BusyError */
  private async bytesOf(request: FastifyRequest, config: EndpointConfig, sender: Sender): Promise<Buffer> {
    const { limits } = config;
    if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytesMax) throw tooLarge(limits.bodyBytesMax);
    sender.place = await this.pressure.enter(arrival(request, config));
    return readBounded(request.raw, limits.bodyBytesMax, { patience: limits, tooLarge: () => tooLarge(limits.bodyBytesMax) });
  }

  private rawOf(request: FastifyRequest, body: Buffer): RawRequest {
    return {
      method: request.method,
      headers: singleValues(request.headers),
      query: singleValues(request.query as Record<string, string | string[] | undefined>),
      body,
      receivedAt: this.house.clock.now(),
    };
  }

  /**
   * Refused submissions are visible to operators: a citizen's application may be behind each. What comes from strangers is only logged, because
   * anybody could fill the journal with it; except what is too large to be verified, which may well be a citizen's.
   */
  private async noteRejection(endpoint: IntakeEndpoint, error: unknown, isVerified: boolean): Promise<void> {
    // A flood of refusals must not become a flood of entries.
    if (error instanceof BusyError) return;
    const isRejection = error instanceof IntakeRejection || (error instanceof ProblemError && error.status < 500);
    if (!isRejection) return;
    const { code } = error;
    const kind = error instanceof IntakeRejection ? error.kind : 'connection';
    const place = error instanceof IntakeRejection ? (error.place ?? null) : null;
    this.house.log.warn('submission.rejected', { endpoint: endpoint.name, code, kind });
    if (!isVerified && kind !== 'tooLarge') return;
    const entry = {
      tenant: endpoint.config.tenant,
      applicationId: null,
      stepId: null,
      at: this.house.clock.now(),
      actor: `endpoint:${endpoint.name}`,
      event: 'submission.rejected',
      data: { code, place },
    };
    // The sender is told what is wrong with the submission even when the journal cannot be written.
    await appendJournal(this.house.database, [entry]).catch((failure: unknown) => this.house.log.error('journal.failed', failure));
  }
}

async function send(reply: FastifyReply, config: EndpointConfig, answer: Parameters<typeof written>[0]): Promise<void> {
  const { headers, body } = written(answer, config);
  await reply.status(config.answerStatus).headers(headers).send(body);
}

/** A body that is read without its files. */
interface Inline {
  readonly sender: Sender;
  readonly check: BodyCheck;
  readonly mediaTypes: readonly string[];
}

/** Shorter bodies hold no file that would be taken out. */
function mayHoldFiles({ headers }: FastifyRequest): boolean {
  const announced = headers['content-length'];
  return announced === undefined || Number(announced) > LONG_TEXT;
}

async function* checkedBytes(body: AsyncIterable<Buffer>, bytesMax: number, see: (chunk: Buffer) => void): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > bytesMax) throw tooLarge(bytesMax);
    see(chunk);
    yield chunk;
  }
}

/** What is known of the one who sends. */
interface Sender {
  isVerified: boolean;
  /** Held while the submission is taken. */
  place: Place | undefined;
}

/** What a submission takes as far as it is known: in memory what was announced, or whatever may come. */
function arrival({ headers }: FastifyRequest, { tenant, limits }: EndpointConfig): Arrival {
  const announced = headers['content-length'];
  const memoryBytes = announced === undefined ? limits.bodyBytesMax : Math.min(Number(announced), limits.bodyBytesMax);
  return { tenant, memoryBytes, diskBytes: Number(announced ?? 0) };
}

function mediaTypesOf(body: BodyForm): readonly string[] {
  switch (body.form) {
    case 'bytes':
      return body.mediaTypes;
    case 'multipart':
      return [MULTIPART];
    case 'fields':
      return [URL_ENCODED, MULTIPART];
  }
}

/** @throws IntakeRejection wrongMediaType */
function checkMediaType({ headers }: FastifyRequest, accepted: readonly string[]): void {
  const mediaType = mediaTypeOf(headers['content-type']);
  if (!accepted.includes(mediaType)) {
    throw new IntakeRejection(
      'wrongMediaType',
      'wrong-media-type',
      `Expects ${accepted.join(' or ')}, not "${mediaType.slice(0, 100)}".`,
      'Content-Type',
    );
  }
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding.toLowerCase() !== 'identity')
    throw new IntakeRejection('wrongMediaType', 'content-encoded', 'Expects a body without Content-Encoding.', 'Content-Encoding');
}

/** Repeated names joined as headers are (RFC 9110, section 5.3). */
function singleValues(values: Readonly<Record<string, string | string[] | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, Array.isArray(value) ? value.join(', ') : value]));
}

function tooLarge(bytesMax: number): IntakeRejection {
  return new IntakeRejection('tooLarge', 'submission-too-large', `The submission has more than ${bytesMax} bytes.`, 'Content-Length');
}
