// SPDX-License-Identifier: EUPL-1.2
import type { DeadLetterView, IntakeLoadView, Overview, ParkedGroup, QueueView, Redriven, RouteName } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { House } from '../house/tokens.js';
import { IntakePressure } from '../intake/pressure/intake-pressure.js';
import { DeadLetters } from './dead-letters.js';
import { HouseQueries } from './house.queries.js';
import { AsOperator, type Operator } from './operator.js';
import { DeadLettersQuery, RedriveBody } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';

/** The house as a whole, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops')
export class OpsHouseController {
  constructor(
    private readonly house: House,
    private readonly queries: HouseQueries,
    private readonly letters: DeadLetters,
    private readonly pressure: IntakePressure,
  ) {}

  @Get('overview')
  @ApiOperation({ summary: 'Applications that are not over, by progress, state and route; what became of those of the last 24 hours.' })
  async overview(@AsOperator() operator: Operator): Promise<Overview<Date>> {
    return this.queries.overview(operator);
  }

  @Get('routes')
  @ApiOperation({ summary: 'Names of the routes that serve a tenant of the operator: where an application can be rerouted to.' })
  routes(@AsOperator() { tenants }: Operator): { routes: RouteName[] } {
    const { routes } = this.house.loaded.config;
    const own = routes.filter(({ match }) => tenants === null || (match.tenants?.some((tenant) => tenants.includes(tenant)) ?? true));
    return { routes: own.map(({ name }) => ({ name })) };
  }

  @Get('parked')
  @ApiOperation({ summary: 'What is parked, grouped by instance and failure code.' })
  async parked(@AsOperator() operator: Operator): Promise<{ groups: ParkedGroup<Date>[] }> {
    return { groups: await this.queries.parked(operator) };
  }

  @Get('queues')
  @ApiOperation({ summary: 'Pickup queues: offered, leased, age of the oldest, when something was collected last.' })
  async queues(@AsOperator() operator: Operator): Promise<{ queues: QueueView<Date>[] }> {
    return { queues: await this.queries.queues(operator) };
  }

  @Get('intake')
  @ApiOperation({ summary: 'What the intake of this process bears and can bear, and whom it refused for want of space or places.' })
  async intake(@AsOperator() { tenants }: Operator): Promise<IntakeLoadView> {
    return this.pressure.view(tenants);
  }

  @Get('dead-letters')
  @ApiOperation({ summary: 'Messages no handler could take, oldest first.' })
  async deadLetters(
    @Query() { limit }: DeadLettersQuery,
    @AsOperator() operator: Operator,
  ): Promise<{ deadLetters: DeadLetterView<Date>[] }> {
    return { deadLetters: await this.queries.deadLetters(operator, limit) };
  }

  @Post('dead-letters/redrive')
  @HttpCode(200)
  @ApiOperation({ summary: 'Puts dead letters back into the queue.' })
  async redrive(@Body() { reason, ids }: RedriveBody, @AsOperator() operator: Operator): Promise<Redriven> {
    return this.letters.redrive(operator, { reason, ids });
  }
}
