// SPDX-License-Identifier: EUPL-1.2
import type { PullAsked, PullHeldView, PullView, ReconciliationView } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { AsOperator, type Operator } from '../operator.js';
import { ReasonBody } from '../ops.dto.js';
import { OpsGuard } from '../ops.guard.js';
import { PullAskBody, PullHeldQuery } from './pull.dto.js';
import { PullCommands } from './pull-commands.js';
import { PullQueries } from './pull-queries.js';

/** Endpoints that fetch submissions, and outboxes from which answers are collected (`dms:<instance>`), for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/pulls')
export class OpsPullsController {
  constructor(
    private readonly queries: PullQueries,
    private readonly commands: PullCommands,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Endpoints that fetch: last round, last success, counts, lag and last failure of each source.' })
  async list(@AsOperator() operator: Operator): Promise<{ pulls: PullView<Date>[] }> {
    return { pulls: await this.queries.list(operator) };
  }

  @Get(':endpoint/held')
  @ApiOperation({ summary: 'Submissions at the source that could not be taken over or settled yet, and why.' })
  async held(
    @Param('endpoint') endpoint: string,
    @Query() { limit }: PullHeldQuery,
    @AsOperator() operator: Operator,
  ): Promise<{ held: PullHeldView<Date>[] }> {
    return { held: await this.queries.held(endpoint, operator, limit) };
  }

  @Post(':endpoint/ask')
  @HttpCode(202)
  @ApiOperation({ summary: 'Asks the sources now, and tries again what is held.' })
  async ask(@Param('endpoint') endpoint: string, @Body() wish: PullAskBody, @AsOperator() operator: Operator): Promise<PullAsked> {
    return this.commands.ask(operator, endpoint, wish);
  }

  @Get(':endpoint/reconciliations')
  @ApiOperation({ summary: "Comparisons of the form server's books with ours, newest first." })
  async reconciliations(
    @Param('endpoint') endpoint: string,
    @Query() { limit }: PullHeldQuery,
    @AsOperator() operator: Operator,
  ): Promise<{ reconciliations: ReconciliationView<Date>[] }> {
    return { reconciliations: await this.queries.reconciliations(endpoint, operator, limit) };
  }

  @Post(':endpoint/reconcile')
  @HttpCode(202)
  @ApiOperation({ summary: "Compares the form server's books with ours now: what is missing here is fetched." })
  async reconcile(
    @Param('endpoint') endpoint: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<PullAsked> {
    return this.commands.reconcile(operator, endpoint, reason);
  }

  @Post(':endpoint/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'No source is asked any more until it is resumed; what is sent is still taken.' })
  async pause(
    @Param('endpoint') endpoint: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<{ paused: true }> {
    await this.commands.pause(operator, endpoint, reason);
    return { paused: true };
  }

  @Post(':endpoint/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Asks the sources again, at once.' })
  async resume(
    @Param('endpoint') endpoint: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<{ paused: false }> {
    await this.commands.resume(operator, endpoint, reason);
    return { paused: false };
  }
}
