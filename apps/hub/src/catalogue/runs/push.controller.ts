// SPDX-License-Identifier: EUPL-1.2
import type { FindingView, RunView } from '@amtsbote/ops-api';
import { Controller, Get, HttpCode, Param, ParseIntPipe, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import type { Commander } from '../../delivery/step-commands.js';
import { House } from '../../house/tokens.js';
import { authenticate } from '../../http/credentials.js';
import { ProblemError } from '../../http/problem.js';
import { DocumentQuery, FindingsQuery } from '../catalogue.dto.js';
import { BroughtDocuments } from './brought-documents.js';
import { RunCommands } from './run-commands.js';
import { RunQueries } from './run-queries.js';

/** Where editorial systems push documents, each with a credential of its own source. */
@ApiTags('catalogue')
@ApiBearerAuth()
@Controller('catalogue/sources/:source')
export class PushController {
  constructor(
    private readonly house: House,
    private readonly documents: BroughtDocuments,
    private readonly commands: RunCommands,
    private readonly queries: RunQueries,
  ) {}

  @Post('documents')
  @HttpCode(202)
  @ApiOperation({ summary: 'Takes a document of the source’s standard as the body. 202 means: stored for good; a run reads it.' })
  async push(@Param('source') source: string, @Query() query: DocumentQuery, @Req() request: FastifyRequest): Promise<RunView<Date>> {
    return this.queries.view(await this.documents.take(this.pusher(source, request), source, query, request));
  }

  @Get('runs/:run')
  @ApiOperation({ summary: 'What became of a pushed document, with its findings.' })
  async run(
    @Param('source') source: string,
    @Param('run', ParseIntPipe) id: number,
    @Query() { after, limit }: FindingsQuery,
    @Req() request: FastifyRequest,
  ): Promise<{ run: RunView<Date>; findings: FindingView[] }> {
    const run = await this.commands.visible(this.pusher(source, request), id);
    if (run.source !== source) throw new ProblemError(404, 'unknown-run', 'There is no such run.');
    return { run: await this.queries.view(run), findings: await this.queries.findings(id, after, limit) };
  }

  /** @throws ProblemError 401, also for unknown sources: names are not given away. */
  private pusher(source: string, request: FastifyRequest): Commander {
    const { sources } = this.house.loaded.config.catalogue;
    const config = Object.hasOwn(sources, source) ? sources[source] : undefined;
    const { name } = authenticate(request.headers.authorization, config?.pushers ?? []);
    return { actor: `pusher:${source}/${name}`, tenants: config?.tenants ?? [] };
  }
}
