// SPDX-License-Identifier: EUPL-1.2
import type { Application, StoredAttachment } from '@amtsbote/canonical';
import { paymentsOf } from '@amtsbote/store';
import { Body, Controller, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { renderApplicationXml } from '../documents/index.js';
import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { sendBlob } from '../http/send-blob.js';
import { paymentOfRow } from '../status/payment-view.js';
import { Decisions } from './decisions.js';
import { LeaseBody, PollQuery, RejectBody } from './pickup.dto.js';
import { PickupQueue, type Poll, type QueueAccess } from './pickup-queue.js';
import { QueueAccesses } from './queue-access.js';
import type { SignedReceipt } from './receipts.js';

const XML = ['application/xml', 'text/xml'];

/** What a Fachverfahren polls: collect, read, acknowledge, decide. */
@ApiTags('pickup')
@ApiBearerAuth()
@Controller('pickup/:queue')
export class PickupController {
  constructor(
    private readonly house: House,
    private readonly accesses: QueueAccesses,
    private readonly queue: PickupQueue,
    private readonly decisions: Decisions,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Leases the oldest applications offered on this queue. With If-None-Match of an empty queue: 304 while nothing is new.',
  })
  async poll(
    @Param('queue') queue: string,
    @Query() { limit, cursor }: PollQuery,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const access = this.accesses.of(queue, request.headers.authorization);
    const nothingLeft = `"${queue}-nothing-left"`;
    if (request.headers['if-none-match'] === nothingLeft && (await this.queue.available(access)) === 0) {
      await reply.status(304).header('etag', nothingLeft).send();
      return;
    }
    const poll = await this.queue.poll(access, limit);
    if (poll.remaining === 0) void reply.header('etag', nothingLeft);
    await reply.header('cache-control', 'no-store').send(this.listOf(queue, poll, cursor));
  }

  @Get(':item')
  @ApiOperation({ summary: 'One application as canonical JSON, or as XML by Accept: application/xml (schemas/export-1.xsd).' })
  async read(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const access = this.accesses.of(queue, request.headers.authorization);
    const item = await this.queue.item(access, id);
    const application = await this.application(item.applicationId, access);
    const payment = (await paymentsOf(this.house.database.manager, { applicationId: application.id, tenant: access.tenant })).at(-1);
    const subject = { application, ...(payment === undefined ? {} : { payment: paymentOfRow(payment) }) };
    const accept = request.headers.accept ?? '*/*';
    if (XML.some((type) => accept.includes(type)))
      await reply.header('content-type', 'application/xml; charset=utf-8').send(renderApplicationXml(subject));
    else if (/application\/json|\*\/\*/.test(accept)) await reply.send(subject);
    else throw new ProblemError(406, 'not-acceptable', 'Available are application/json and application/xml.');
  }

  @Get(':item/attachments/:attachment')
  @ApiOperation({ summary: 'The bytes of one attachment; range requests are answered.' })
  async attachment(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Param('attachment', ParseUUIDPipe) attachmentId: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const access = this.accesses.of(queue, request.headers.authorization);
    const { applicationId } = await this.queue.item(access, id);
    const { attachments } = await this.application(applicationId, access);
    const attachment = attachments.find(
      (candidate): candidate is StoredAttachment => candidate.id === attachmentId && candidate.state === 'stored',
    );
    if (attachment === undefined) throw new ProblemError(404, 'unknown-attachment', 'The application has no such attachment.');
    await sendBlob(this.house.blobs, attachment, request, reply);
  }

  @Post(':item/ack')
  @HttpCode(200)
  @ApiOperation({ summary: 'The Fachverfahren has it. Idempotent; answers with a signed receipt. 409 when the lease is lost.' })
  acknowledge(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Body() body: LeaseBody,
    @Headers('authorization') authorization?: string,
  ): Promise<SignedReceipt> {
    return this.queue.acknowledge(this.accesses.of(queue, authorization), id, body.leaseId);
  }

  @Post(':item/reject')
  @HttpCode(200)
  @ApiOperation({ summary: 'The Fachverfahren refuses it: a person decides.' })
  async reject(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Body() body: RejectBody,
    @Headers('authorization') authorization?: string,
  ): Promise<{ rejected: true }> {
    await this.queue.reject(this.accesses.of(queue, authorization), id, body.leaseId, body.reason);
    return { rejected: true };
  }

  @Post(':item/renew')
  @HttpCode(200)
  @ApiOperation({ summary: 'Prolongs the lease.' })
  async renew(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Body() body: LeaseBody,
    @Headers('authorization') authorization?: string,
  ): Promise<{ leaseUntil: string }> {
    const until = await this.queue.renew(this.accesses.of(queue, authorization), id, body.leaseId);
    return { leaseUntil: until.toISOString() };
  }

  @Post(':item/decision')
  @ApiOperation({
    summary:
      'The decision (Bescheid): multipart with a part "decision" (JSON: outcome, text, decidedAt) and files, or JSON alone. Needs Idempotency-Key.',
  })
  async decide(
    @Param('queue') queue: string,
    @Param('item', ParseUUIDPipe) id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const access = this.accesses.of(queue, request.headers.authorization);
    const item = await this.queue.item(access, id);
    const decision = await this.decisions.receive(access, item, request);
    await reply.status(202).send({ decisionId: decision.id, receivedAt: decision.receivedAt.toISOString() });
  }

  private listOf(queue: string, { items, remaining }: Poll, cursor: number): Record<string, unknown> {
    const base = `${this.house.loaded.config.publicUrl.replace(/\/$/, '')}/pickup/${queue}`;
    return {
      items: items.map(({ seq: _seq, offeredAt, leaseUntil, ...item }) => ({
        ...item,
        offeredAt: offeredAt.toISOString(),
        leaseUntil: leaseUntil.toISOString(),
        url: `${base}/${item.id}`,
      })),
      next: String(items.reduce((furthest, { seq }) => Math.max(furthest, Number(seq)), cursor)),
      more: remaining > 0,
    };
  }

  private async application(id: string, { tenant }: QueueAccess): Promise<Application> {
    const [row] = await this.house.database.query<{ document: Application }[]>(
      'SELECT document FROM application WHERE id = $1 AND tenant = $2',
      [id, tenant],
    );
    if (row === undefined) throw new ProblemError(404, 'unknown-item', 'There is no such item on this queue.');
    return row.document;
  }
}
