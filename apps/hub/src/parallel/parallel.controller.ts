// SPDX-License-Identifier: EUPL-1.2
import type { FormComparison, PairComparison, ParallelRunView, Settled, Switched } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { AsOperator, type Operator } from '../ops/operator.js';
import { OpsGuard } from '../ops/ops.guard.js';
import { ParallelCommands } from './parallel.commands.js';
import { ComparisonQuery, PairQuery, SettleBody, SwitchBody } from './parallel.dto.js';
import { ParallelQueries } from './parallel.queries.js';

/** Services that two form systems offer while they move, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/parallel-runs')
export class OpsParallelRunsController {
  constructor(
    private readonly queries: ParallelQueries,
    private readonly commands: ParallelCommands,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Parallel runs: which form system is in charge, and how many applications have a counterpart.' })
  async list(@AsOperator() operator: Operator): Promise<{ parallelRuns: ParallelRunView<Date>[] }> {
    return { parallelRuns: await this.queries.list(operator) };
  }

  @Get(':name/comparison')
  @ApiOperation({ summary: 'Where the applications of both form systems differ, field by field. No personal data.' })
  async comparison(
    @Param('name') name: string,
    @Query() { limit }: ComparisonQuery,
    @AsOperator() operator: Operator,
  ): Promise<FormComparison<Date>> {
    return this.queries.compare(name, operator, limit);
  }

  @Get(':name/pair')
  @ApiOperation({ summary: 'Two applications side by side, with what the citizen wrote. Who looked is noted.' })
  async pair(@Param('name') name: string, @Query() pair: PairQuery, @AsOperator() operator: Operator): Promise<PairComparison<Date>> {
    return this.queries.pair(name, operator, pair);
  }

  @Post(':name/switch')
  @HttpCode(200)
  @ApiOperation({ summary: 'Puts one of the form systems in charge, from the next submission on.' })
  async switchTo(@Param('name') name: string, @Body() order: SwitchBody, @AsOperator() operator: Operator): Promise<Switched<Date>> {
    return this.commands.switchTo(operator, name, order);
  }

  @Post(':name/settle')
  @HttpCode(200)
  @ApiOperation({ summary: 'Releases or discards applications that were kept while their form system was not in charge.' })
  async settle(@Param('name') name: string, @Body() order: SettleBody, @AsOperator() operator: Operator): Promise<Settled> {
    return this.commands.settle(operator, name, order);
  }
}
