// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { CatalogueObjectKind } from '@amtsbote/canonical';
import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProblemError } from '../../http/problem.js';
import { AtVersionQuery, ChangesQuery, CompetenceQuery, ExportQuery, LimitQuery, ObjectsQuery, ServicesQuery } from '../catalogue.dto.js';
import { CatalogueChanges } from './changes.js';
import { Competences } from './competence.js';
import { CatalogueExport } from './export.js';
import { readKey } from './keys.js';
import { CatalogueObjects } from './objects.js';
import { AsReader, type Reader, ReaderGuard } from './reader.guard.js';
import { ServiceSearch } from './search.js';
import { type View, Views } from './views.js';

const HOUR_MS = 3_600_000;
const SERVICE: readonly CatalogueObjectKind[] = ['service', 'specialisation'];

/** The service catalogue, for portals, websites and back offices. Every answer names its version; naming that version gives it again. */
@ApiTags('catalogue')
@ApiBearerAuth()
@UseGuards(ReaderGuard)
@Controller('catalogue')
export class CatalogueController {
  constructor(
    private readonly views: Views,
    private readonly finder: ServiceSearch,
    private readonly objects: CatalogueObjects,
    private readonly competences: Competences,
    private readonly exports: CatalogueExport,
    private readonly changed: CatalogueChanges,
  ) {}

  @Get('services')
  @ApiOperation({
    summary:
      'Services: full text in German and English, slips of the pen included; narrowed by LeiKa key, place, category, time of change.',
  })
  async services(
    @Query() query: ServicesQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { limit, cursor, ...wishes } = query;
    const view = await this.views.asked(reader.tenants, query);
    await answer(request, reply, tagOf(view, request), () => this.finder.search(wishes, reader.tenants, limit, cursor));
  }

  @Get('services/:id')
  @ApiOperation({ summary: 'One service or specialisation, whole. The id is <agency>:<id>, each part percent-encoded.' })
  async service(
    @Param('id') id: string,
    @Query() query: AtVersionQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.one(SERVICE, id, await this.views.asked(reader.tenants, query), request, reply);
  }

  @Get('services/:id/history')
  @ApiOperation({ summary: 'All states of a service: import time and valid time.' })
  async history(
    @Param('id') id: string,
    @Query() query: AtVersionQuery,
    @AsReader() reader: Reader,
  ): Promise<{ completeFrom: number; states: unknown[] }> {
    return this.objects.history(SERVICE, readKey(id), await this.views.asked(reader.tenants, query));
  }

  @Get('organisations/:id')
  @ApiOperation({ summary: 'One office, whole.' })
  async organisation(
    @Param('id') id: string,
    @Query() query: AtVersionQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.one(['organisation'], id, await this.views.asked(reader.tenants, query), request, reply);
  }

  @Get('online-services')
  @ApiOperation({ summary: 'Online services; with leikaKey or ars those that are competent.' })
  async onlineServices(
    @Query() query: ObjectsQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, query);
    await answer(request, reply, tagOf(view, request), async () => ({
      version: view.version,
      ...(await this.objects.list('onlineService', view, query)),
    }));
  }

  @Get('competence')
  @ApiOperation({ summary: 'Who is competent for a service in a place: authority, online service, form, with fees and deadlines.' })
  async competence(
    @Query() query: CompetenceQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, query);
    await answer(request, reply, tagOf(view, request), () => this.competences.find(query.leikaKey, query.ars, view));
  }

  @Get('dangling')
  @ApiOperation({ summary: 'What competences refer to and nobody describes, the most wanted first.' })
  async dangling(@Query() query: LimitQuery, @AsReader() reader: Reader): Promise<{ version: number; references: unknown[] }> {
    const view = await this.views.asked(reader.tenants, query.source === undefined ? {} : { source: query.source });
    return { version: view.version, references: await this.objects.dangling(view, query.limit) };
  }

  @Get('changes')
  @ApiOperation({ summary: 'For whoever keeps a copy: which objects to fetch or to drop since a version; 410 = begin anew.' })
  async changes(
    @Query() { since, source, limit, cursor }: ChangesQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, source === undefined ? {} : { source });
    await answer(request, reply, tagOf(view, request), () => this.changed.since(since, view, limit, cursor));
  }

  @Get('export')
  @ApiOperation({ summary: 'One source as a document of its standard, streamed.' })
  async export(
    @Query() { source, version }: ExportQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, { source, ...(version === undefined ? {} : { version }) });
    if (view.sources.length === 0) throw new ProblemError(404, 'unknown-source', 'There is no such catalogue source.');
    await this.exports.send(source, view, request, reply);
  }

  private async one(
    kinds: readonly CatalogueObjectKind[],
    id: string,
    view: View,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const found = await this.objects.find(kinds, readKey(id), view);
    await answer(request, reply, `"${found.hash}"`, async () => found);
  }
}

/** Changes with the version, the question, the tenants who ask, and the hour: what holds from a certain moment on becomes visible by itself. */
function tagOf({ version, sources, at }: View, request: FastifyRequest): string {
  const question = createHash('sha256')
    .update(`${request.url}\0${sources.join(',')}\0${Math.floor(at.getTime() / HOUR_MS)}`)
    .digest('hex');
  return `W/"${version}-${question.slice(0, 16)}"`;
}

async function answer(request: FastifyRequest, reply: FastifyReply, etag: string, body: () => Promise<unknown>): Promise<void> {
  void reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) {
    await reply.status(304).send();
    return;
  }
  await reply.send(await body());
}
