// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';

import { readJson } from '@amtsbote/adapter-kit';
import { JsonValue } from '@amtsbote/canonical';
import type { MappingTrial } from '@amtsbote/ops-api';
import { Controller, Header, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { House } from '../../house/tokens.js';
import { readBounded } from '../../http/body-parsing.js';
import { ProblemError } from '../../http/problem.js';
import { MappingTrials } from '../../intake/trial/mapping-trial.js';
import { AsOperator, type Operator, type OperatorRequest } from '../operator.js';
import { OpsGuard } from '../ops.guard.js';
import { isOwn, tenantsOfEndpoint } from '../reach.js';

/** Largest order: a submission of 32 MiB in base64, and a mapping. */
const ORDER_BYTES_MAX = 48 * 1_024 * 1_024;

const Order = z.strictObject({
  endpoint: z.string().min(1).max(200),
  contentType: z.string().min(1).max(1_000),
  content: z.base64(),
  headers: z.record(z.string().max(100), z.string().max(4_000)).optional(),
  mapping: JsonValue.optional(),
});

/** Mappings of what form servers send, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/mappings')
export class OpsMappingsController {
  constructor(
    private readonly house: House,
    private readonly trials: MappingTrials,
  ) {}

  @Post('try')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary:
      'What a submission would become at an endpoint, or with another mapping: canonical result, unmapped rest, violations. Nothing is stored.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['endpoint', 'contentType', 'content'],
      properties: {
        endpoint: { type: 'string' },
        contentType: { type: 'string', description: 'As the sender would say it, with boundary or charset.' },
        content: { type: 'string', format: 'byte', description: 'The body.' },
        headers: { type: 'object', additionalProperties: { type: 'string' } },
        mapping: { type: 'object', description: 'Tried in the place of the configured one; see schemas/form-mapping-1.schema.json.' },
      },
    },
  })
  async try(@Req() request: OperatorRequest, @AsOperator() operator: Operator): Promise<MappingTrial> {
    const order = await orderOf(request.body as IncomingMessage);
    const serves = tenantsOfEndpoint(order.endpoint, this.house.loaded.config);
    // What it becomes shows how the endpoint is configured, for everybody it serves.
    if (!isOwn(serves, operator.tenants)) throw new ProblemError(404, 'unknown-endpoint', 'There is no intake endpoint of this name.');
    const { headers, mapping, ...rest } = order;
    return this.trials.run({ ...rest, ...(headers === undefined ? {} : { headers }), ...(mapping === undefined ? {} : { mapping }) });
  }
}

async function orderOf(body: IncomingMessage): Promise<z.infer<typeof Order>> {
  const order = Order.safeParse(readJson(await readBounded(body, ORDER_BYTES_MAX)));
  if (order.success) return order.data;
  const [issue] = order.error.issues;
  const place = (issue?.path ?? []).map(String).join('.');
  throw new ProblemError(400, 'invalid', `Expects endpoint, contentType and content (base64): ${issue?.message ?? 'unknown'}`, { place });
}
