// SPDX-License-Identifier: EUPL-1.2
import type { InstanceView, ProbeView, Resumed } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { InstanceCommands } from '../delivery/instance-commands.js';
import { BulkRetry } from './bulk-retry.js';
import { InstanceQueries } from './instances.queries.js';
import { AsOperator, type Operator } from './operator.js';
import { ProbesBody, ReasonBody } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';

/** Adapter instances, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops')
export class OpsInstancesController {
  constructor(
    private readonly queries: InstanceQueries,
    private readonly commands: InstanceCommands,
    private readonly bulk: BulkRetry,
  ) {}

  @Get('instances')
  @ApiOperation({ summary: 'Adapter instances: target, pause, circuit, what waits for them.' })
  async list(@AsOperator() operator: Operator): Promise<{ instances: InstanceView<Date>[] }> {
    return { instances: await this.queries.list(operator) };
  }

  @Post('instances/:name/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Nothing goes out through it until it is resumed; its steps wait.' })
  async pause(@Param('name') name: string, @Body() { reason }: ReasonBody, @AsOperator() operator: Operator): Promise<{ paused: true }> {
    this.queries.requireOwn(name, operator);
    await this.commands.pause(operator, name, { reason });
    return { paused: true };
  }

  @Post('instances/:name/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Goes on, and retries the steps that were parked because it was misconfigured.' })
  async resume(@Param('name') name: string, @Body() { reason }: ReasonBody, @AsOperator() operator: Operator): Promise<Resumed> {
    this.queries.requireOwn(name, operator);
    await this.commands.resume(operator, name, { reason });
    return { paused: false, retried: await this.bulk.retryMisconfigured(operator, name, reason) };
  }

  @Post('probes')
  @HttpCode(200)
  @ApiOperation({ summary: 'Looks at settings, reachability and credentials of every instance and endpoint; changes nothing outside.' })
  async probe(@Body() { names }: ProbesBody, @AsOperator() operator: Operator): Promise<{ probes: ProbeView[] }> {
    return { probes: await this.queries.probe(operator, names) };
  }
}
