// SPDX-License-Identifier: EUPL-1.2
import type { Difference, FindingView, RunView, SourceView } from '@amtsbote/ops-api';
import { Body, Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProblemError } from '../../http/problem.js';
import { AsOperator, type Operator } from '../../ops/operator.js';
import { OpsGuard } from '../../ops/ops.guard.js';
import { DiffQuery, DocumentQuery, DryRunBody, FindingsFileQuery, RunsQuery, SyncBody } from '../catalogue.dto.js';
import { BroughtDocuments } from './brought-documents.js';
import { sendCsv } from './findings-csv.js';
import { RunCommands } from './run-commands.js';
import { RunQueries } from './run-queries.js';

/** Runs of the catalogue, for operators: trigger, watch, decide, cancel, go back. */
@ApiTags('ops')
@ApiBearerAuth()
@ApiCookieAuth()
@UseGuards(OpsGuard)
@Controller('ops/catalogue')
export class CatalogueOpsController {
  constructor(
    private readonly commands: RunCommands,
    private readonly queries: RunQueries,
    private readonly documents: BroughtDocuments,
  ) {}

  @Get('sources')
  @ApiOperation({ summary: 'Sources of the catalogue with what they hold and their last run.' })
  async sources(@AsOperator() { tenants }: Operator): Promise<{ sources: SourceView<Date>[] }> {
    return { sources: await this.queries.sources(tenants) };
  }

  @Post('sources/:source/runs')
  @HttpCode(202)
  @ApiOperation({ summary: 'Reads the source; with dryRun it only tells what would change and break.' })
  async sync(
    @Param('source') source: string,
    @Body() { dryRun, full }: SyncBody,
    @AsOperator() operator: Operator,
  ): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.sync(operator, source, { isDryRun: dryRun, isFull: full }));
  }

  @Post('sources/:source/documents')
  @HttpCode(202)
  @ApiOperation({ summary: 'Takes a document of the source’s standard as the body.' })
  async upload(
    @Param('source') source: string,
    @Query() query: DocumentQuery,
    @Req() request: FastifyRequest,
    @AsOperator() operator: Operator,
  ): Promise<RunView<Date>> {
    return this.queries.view(await this.documents.take(operator, source, query, request));
  }

  @Get('runs')
  @ApiOperation({ summary: 'Runs, newest first.' })
  async runs(@Query() { source, limit, before }: RunsQuery, @AsOperator() { tenants }: Operator): Promise<{ runs: RunView<Date>[] }> {
    const wish = { limit, ...(source === undefined ? {} : { source }), ...(before === undefined ? {} : { before }) };
    return { runs: await this.queries.list(tenants, wish) };
  }

  @Get('runs/:id')
  @ApiOperation({ summary: 'One run: progress, what it changes and breaks, why it waits or failed.' })
  async run(@Param('id', ParseIntPipe) id: number, @AsOperator() operator: Operator): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.visible(operator, id));
  }

  @Get('runs/:id/findings')
  @ApiOperation({ summary: 'What was wrong with the source: JSON in pages, or everything as CSV by format=csv or Accept: text/csv.' })
  async findings(
    @Param('id', ParseIntPipe) id: number,
    @Query() { after, limit, format }: FindingsFileQuery,
    @AsOperator() operator: Operator,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.commands.visible(operator, id);
    if (format === 'csv' || (request.headers.accept ?? '').includes('text/csv')) {
      await sendCsv(reply, id, (place, rows) => this.queries.findings(id, place, rows));
      return;
    }
    const findings: FindingView[] = await this.queries.findings(id, after, limit);
    await reply.send({ findings });
  }

  @Get('diff')
  @ApiOperation({ summary: 'What became otherwise between two runs of one source.' })
  async diff(
    @Query() { from, to, limit, cursor }: DiffQuery,
    @AsOperator() operator: Operator,
  ): Promise<{ items: Difference[]; next?: string }> {
    const [earlier, later] = [await this.commands.visible(operator, from), await this.commands.visible(operator, to)];
    if (earlier.source !== later.source) throw new ProblemError(409, 'other-source', 'The runs are of different sources.');
    if (earlier.version === null || later.version === null)
      throw new ProblemError(409, 'run-made-no-version', 'Only applied runs can be compared.');
    return this.queries.diff(earlier, later, cursor, limit);
  }

  @Post('runs/:id/cancel')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a run before it is applied.' })
  async cancel(@Param('id', ParseIntPipe) id: number, @AsOperator() operator: Operator): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.cancel(operator, id));
  }

  @Post('runs/:id/approve')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets a held run go on.' })
  async approve(@Param('id', ParseIntPipe) id: number, @AsOperator() operator: Operator): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.approve(operator, id));
  }

  @Post('runs/:id/discard')
  @HttpCode(200)
  @ApiOperation({ summary: 'Ends a held run; the catalogue stays as it is.' })
  async discard(@Param('id', ParseIntPipe) id: number, @AsOperator() operator: Operator): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.discard(operator, id));
  }

  @Post('runs/:id/rollback')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Brings the source back to what it was after this run; until somebody asks for a run, it is not read by itself.',
  })
  async rollback(
    @Param('id', ParseIntPipe) id: number,
    @Body() { dryRun }: DryRunBody,
    @AsOperator() operator: Operator,
  ): Promise<RunView<Date>> {
    return this.queries.view(await this.commands.rollback(operator, id, dryRun));
  }
}
