// SPDX-License-Identifier: EUPL-1.2
import type { FormVersionDetail, FormVersionView, NoticesSeen } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';

import { AsOperator, type Operator } from '../operator.js';
import { ReasonBody } from '../ops.dto.js';
import { OpsGuard } from '../ops.guard.js';
import { FormVersionsQuery } from './form-versions.dto.js';
import { FormVersionQueries } from './form-versions.queries.js';

/** Forms, their versions and fields as they came in, for operators. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/form-versions')
export class OpsFormVersionsController {
  constructor(private readonly queries: FormVersionQueries) {}

  @Get()
  @ApiOperation({ summary: 'Form versions that came in: submissions, fields mapped, unmapped and ignored; those with notices first.' })
  async list(
    @Query() { endpoint, limit }: FormVersionsQuery,
    @AsOperator() operator: Operator,
  ): Promise<{ formVersions: FormVersionView<Date>[] }> {
    return { formVersions: await this.queries.list(operator, { limit, ...(endpoint === undefined ? {} : { endpoint }) }) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'One form version: every field by its path, how often it came, and what was noticed. No values.' })
  async get(@Param('id', ParseIntPipe) id: number, @AsOperator() operator: Operator): Promise<FormVersionDetail<Date>> {
    return this.queries.get(operator, String(id));
  }

  @Post(':id/confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirms the notices of a form version.' })
  async confirm(
    @Param('id', ParseIntPipe) id: number,
    @Body() { reason }: ReasonBody,
    @AsOperator() operator: Operator,
  ): Promise<NoticesSeen> {
    return this.queries.confirm(operator, String(id), reason);
  }
}
