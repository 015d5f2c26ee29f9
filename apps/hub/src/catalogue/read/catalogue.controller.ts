// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueObjectKind } from '@amtsbote/canonical';
import { Controller, Get, Param, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { ProblemError } from '../../http/problem.js';
import { AtVersionQuery, ChangesQuery, CompetenceQuery, ExportQuery, LimitQuery, ObjectsQuery, ServicesQuery } from '../catalogue.dto.js';
import { answer, isKnown, labelled, labelledCompetence, negotiate, tagOf } from './answers.js';
import { CatalogueChanges } from './changes.js';
import { Competences } from './competence.js';
import { CatalogueExport } from './export.js';
import { readKey } from './keys.js';
import { CatalogueObjects } from './objects.js';
import { AsReader, type Reader, ReaderGuard } from './reader.guard.js';
import { ServiceSearch } from './search.js';
import { Views } from './views.js';

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
    const { limit, cursor, language, ...wishes } = query;
    const view = await this.views.asked(reader.tenants, query);
    const spoken = negotiate(language, request, reply);
    await answer(request, reply, tagOf(view, request, spoken), async () => {
      const { items, ...page } = await this.finder.search(wishes, reader.tenants, limit, cursor);
      return { ...page, items: items.map((item) => ({ ...item, name: item.title[spoken] ?? item.title.de ?? item.title.en })) };
    });
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
    await this.one(SERVICE, id, query, reader, request, reply);
  }

  @Get('services/:id/history')
  @ApiOperation({ summary: 'All states of a service: import time and valid time.' })
  async history(
    @Param('id') id: string,
    @Query() query: AtVersionQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, query);
    await answer(request, reply, tagOf(view, request), () => this.objects.history(SERVICE, readKey(id), view));
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
    await this.one(['organisation'], id, query, reader, request, reply);
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
    const language = negotiate(query.language, request, reply);
    await answer(request, reply, tagOf(view, request, language), async () => {
      const { items, ...page } = await this.objects.list('onlineService', view, query);
      return { version: view.version, ...page, items: items.map((item) => labelled(item, language)) };
    });
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
    const language = negotiate(query.language, request, reply);
    await answer(request, reply, tagOf(view, request, language), async () =>
      labelledCompetence(await this.competences.find(query.leikaKey, query.ars, view, { language }), language),
    );
  }

  @Get('dangling')
  @ApiOperation({ summary: 'What competences refer to and nobody describes, the most wanted first.' })
  async dangling(
    @Query() { source, limit }: LimitQuery,
    @AsReader() reader: Reader,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const view = await this.views.asked(reader.tenants, source === undefined ? {} : { source });
    await answer(request, reply, tagOf(view, request), async () => ({
      version: view.version,
      references: await this.objects.dangling(view, limit),
    }));
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
    if (await isKnown(request, reply, tagOf(view, request))) return;
    await this.exports.send(source, view, request, reply);
  }

  private async one(
    kinds: readonly CatalogueObjectKind[],
    id: string,
    query: AtVersionQuery,
    reader: Reader,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const found = await this.objects.find(kinds, readKey(id), await this.views.asked(reader.tenants, query));
    const language = negotiate(query.language, request, reply);
    await answer(request, reply, `"${found.hash}-${language}"`, async () => labelled(found, language));
  }
}
