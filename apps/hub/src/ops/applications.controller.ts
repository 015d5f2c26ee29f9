// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationDetail, ApplicationPage, Cancelled, Rerouted, Timeline } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ApplicationCommands } from '../delivery/application-commands.js';
import { ApplicationQueries } from './applications.queries.js';
import { AsOperator, type Operator } from './operator.js';
import { ApplicationsQuery, ReasonBody, RerouteBody } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';
import { readCursor } from './search.js';
import { TimelineQueries } from './timeline.queries.js';

/** Applications, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/applications')
export class OpsApplicationsController {
  constructor(
    private readonly queries: ApplicationQueries,
    private readonly timelines: TimelineQueries,
    private readonly commands: ApplicationCommands,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Applications, newest first, by business keys. No personal data.' })
  async list(@Query() query: ApplicationsQuery, @AsOperator() { tenants }: Operator): Promise<ApplicationPage<Date>> {
    const { limit, cursor, ...wishes } = query;
    return this.queries.list(wishes, tenants, { limit, ...(cursor === undefined ? {} : { after: readCursor(cursor) }) });
  }

  @Get(':id')
  @ApiOperation({ summary: 'One application with its Laufzettel.' })
  async detail(@Param('id', ParseUUIDPipe) id: string, @AsOperator() { tenants }: Operator): Promise<ApplicationDetail<Date>> {
    return this.queries.detail(id, tenants);
  }

  @Get(':id/timeline')
  @ApiOperation({
    summary: 'The whole story: journal, attempts, effects with receipts, payment, pickup, decisions, messages still waiting, dead letters.',
  })
  async timeline(@Param('id', ParseUUIDPipe) id: string, @AsOperator() { tenants }: Operator): Promise<Timeline<Date>> {
    return this.timelines.of(id, tenants);
  }

  @Post(':id/reroute')
  @HttpCode(200)
  @ApiOperation({ summary: 'Gives it another route; what is done stays done. With dryRun it only tells what would happen.' })
  async reroute(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason, route, dryRun }: RerouteBody,
    @AsOperator() operator: Operator,
  ): Promise<Rerouted> {
    return this.commands.reroute(operator, id, { reason, route, dryRun });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Takes it out of the flow for good.' })
  async cancel(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<Cancelled> {
    return this.commands.cancel(operator, id, { reason });
  }
}
