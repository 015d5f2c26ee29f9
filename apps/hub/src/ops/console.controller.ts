// SPDX-License-Identifier: EUPL-1.2
import type { LoginLink, Session } from '@amtsbote/ops-api';
import { Controller, Get, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../house/tokens.js';
import { ProblemError } from '../http/problem.js';
import { ConsoleSessions } from './console-sessions.js';
import { AsOperator, type Operator } from './operator.js';
import { LoginQuery } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';
import { sessionCookie, sessionTokenOf } from './session-cookie.js';

/** How people get into the console: a link that works once, made by somebody who has a token. */
@ApiTags('ops')
@Controller()
export class ConsoleController {
  constructor(
    private readonly house: House,
    private readonly sessions: ConsoleSessions,
  ) {}

  @Post('ops/login-links')
  @ApiBearerAuth()
  @UseGuards(OpsGuard)
  @ApiOperation({ summary: 'A link that opens the console once, within ten minutes. Bearer token only: a session cannot make sessions.' })
  async link(@AsOperator() operator: Operator): Promise<LoginLink<Date>> {
    if (operator.via !== 'token') throw new ProblemError(403, 'token-needed', 'A login link can only be made with a bearer token.');
    const { token, expiresAt } = await this.sessions.issueLink(operator);
    return { url: `${this.house.loaded.config.publicUrl.replace(/\/$/, '')}/console/login?token=${token}`, expiresAt };
  }

  @Get('console/login')
  @ApiOperation({ summary: 'Trades a login link for a session cookie, once, and leads to the console.' })
  async login(@Query() { token }: LoginQuery, @Res() reply: FastifyReply): Promise<void> {
    const session = await this.sessions.consumeLink(token);
    void reply.header('cache-control', 'no-store').header('referrer-policy', 'no-referrer').header('x-content-type-options', 'nosniff');
    if (session === undefined) {
      await reply.status(401).type('text/html; charset=utf-8').headers(PAGE_HEADERS).send(PAGE);
      return;
    }
    const seconds = Math.floor((session.expiresAt.getTime() - this.house.clock.now().getTime()) / 1_000);
    const cookie = sessionCookie(this.house.loaded.config.publicUrl, { token: session.token, seconds });
    // Relative: the hub may stand behind a path of a proxy.
    await reply.header('set-cookie', cookie).header('location', './').status(303).send();
  }

  @Get('ops/session')
  @ApiBearerAuth()
  @ApiCookieAuth()
  @UseGuards(OpsGuard)
  @ApiOperation({ summary: 'Who is asking, and whose applications that person may see (null = all).' })
  session(@AsOperator() { name, tenants }: Operator): Session {
    const names = Object.entries(this.house.loaded.config.tenants).filter(([ars]) => tenants?.includes(ars) ?? true);
    return { name, tenants, tenantNames: Object.fromEntries(names.map(([ars, tenant]) => [ars, tenant.name])) };
  }

  @Post('ops/logout')
  @HttpCode(204)
  @ApiCookieAuth()
  @UseGuards(OpsGuard)
  @ApiOperation({ summary: 'Ends the session.' })
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const token = sessionTokenOf(request.headers.cookie);
    if (token !== undefined) await this.sessions.end(token);
    await reply.header('set-cookie', sessionCookie(this.house.loaded.config.publicUrl)).status(204).send();
  }
}

const PAGE_HEADERS = { 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };
const PAGE = `<!doctype html><html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Anmeldung nicht möglich</title></head><body><h1>Anmeldung nicht möglich</h1>
<p>Dieser Link ist abgelaufen oder wurde schon benutzt. Einen neuen erzeugt <code>amtsbote login-link</code>.</p>
<p lang="en">This link has expired or was used before. <code>amtsbote login-link</code> makes a new one.</p></body></html>`;
