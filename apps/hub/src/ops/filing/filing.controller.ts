// SPDX-License-Identifier: EUPL-1.2
import type { FilingTrial } from '@amtsbote/ops-api';
import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { AsOperator, type Operator } from '../operator.js';
import { OpsGuard } from '../ops.guard.js';
import { FilingTrialBody } from './filing.dto.js';
import { FilingTrials } from './filing-trials.js';

/** Where applications are filed, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/filing')
export class OpsFilingController {
  constructor(private readonly trials: FilingTrials) {}

  @Post('trials')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Shows cabinet, Akte, Vorgang, classes and index data for an application, per instance. Files nothing. Of applications the hub holds, what depends on personal data is hidden.',
  })
  async run(@Body() { route, application, document }: FilingTrialBody, @AsOperator() operator: Operator): Promise<FilingTrial> {
    return this.trials.run(operator, { route, application, document });
  }
}
