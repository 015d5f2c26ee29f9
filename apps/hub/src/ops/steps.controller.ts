// SPDX-License-Identifier: EUPL-1.2
import type { BulkResult, MovedStep } from '@amtsbote/ops-api';
import { Body, Controller, HttpCode, Param, ParseUUIDPipe, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { StepCommands } from '../delivery/step-commands.js';
import { BulkRetry } from './bulk-retry.js';
import { AsOperator, type Operator } from './operator.js';
import { BulkRetryBody, ReasonBody, RetryBody } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';

/** Single steps, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/steps')
export class OpsStepsController {
  constructor(
    private readonly commands: StepCommands,
    private readonly bulk: BulkRetry,
  ) {}

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Retries many parked steps; counts only, unless dryRun is false.' })
  async retryMany(@Body() { reason, dryRun, limit, ...filter }: BulkRetryBody, @AsOperator() operator: Operator): Promise<BulkResult> {
    return this.bulk.retry(operator, filter, { reason, dryRun, limit });
  }

  @Post(':id/retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Tries a step again; after an unknown outcome the target is asked first, unless force says what is known.' })
  async retry(
    @Param('id', ParseUUIDPipe) id: string,
    @Body() { reason, force }: RetryBody,
    @AsOperator() operator: Operator,
  ): Promise<MovedStep> {
    return this.commands.retry(operator, id, { reason, force });
  }

  @Post(':id/skip')
  @HttpCode(200)
  @ApiOperation({ summary: 'Goes on without this step.' })
  async skip(@Param('id', ParseUUIDPipe) id: string, @Body() { reason }: ReasonBody, @AsOperator() operator: Operator): Promise<MovedStep> {
    return this.commands.skip(operator, id, { reason });
  }
}
