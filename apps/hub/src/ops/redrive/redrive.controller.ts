// SPDX-License-Identifier: EUPL-1.2
import type { RedriveJobView, RedrivePreview } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { AsOperator, type Operator } from '../operator.js';
import { ReasonBody } from '../ops.dto.js';
import { OpsGuard } from '../ops.guard.js';
import { RedriveFilterBody, RedrivesQuery, RedriveStartBody } from './redrive.dto.js';
import { RedriveCommands } from './redrive-commands.js';

/** Redriving parked steps and dead letters in bulk, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/redrives')
export class OpsRedrivesController {
  constructor(private readonly commands: RedriveCommands) {}

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({ summary: 'Counts and groups what a redrive would touch; changes nothing.' })
  async preview(@Body() { what, ...filter }: RedriveFilterBody, @AsOperator() operator: Operator): Promise<RedrivePreview<Date>> {
    return this.commands.preview(operator, what, filter);
  }

  @Post()
  @HttpCode(202)
  @ApiOperation({
    summary:
      'Redrives what fits now, one after the other, at a rate. What was parked because nobody can tell is left out unless asked for.',
  })
  async start(
    @Body() { what, reason, ratePerSecond, uncertain, ...filter }: RedriveStartBody,
    @AsOperator() operator: Operator,
  ): Promise<RedriveJobView<Date>> {
    return this.commands.start(operator, { what, filter, reason, ratePerSecond, uncertain });
  }

  @Get()
  @ApiOperation({ summary: 'Redrives, newest first; those that reach further than the operator are not shown.' })
  async list(@Query() { limit }: RedrivesQuery, @AsOperator() operator: Operator): Promise<{ redrives: RedriveJobView<Date>[] }> {
    return { redrives: await this.commands.list(operator, limit) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One redrive with its progress.' })
  async get(@Param('id', ParseUUIDPipe) id: string, @AsOperator() { tenants }: Operator): Promise<RedriveJobView<Date>> {
    return this.commands.get(id, tenants);
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Nothing more is redriven once this is answered, until it is resumed.' })
  async pause(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<RedriveJobView<Date>> {
    return this.commands.turn(operator, id, 'pause', reason);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Goes on behind the last item.' })
  async resume(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<RedriveJobView<Date>> {
    return this.commands.turn(operator, id, 'resume', reason);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends it; what was redriven stays redriven.' })
  async cancel(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<RedriveJobView<Date>> {
    return this.commands.turn(operator, id, 'cancel', reason);
  }
}
