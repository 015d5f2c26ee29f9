// SPDX-License-Identifier: EUPL-1.2
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../house/tokens.js';
import { closeAfterAnswer } from './linger.js';
import { BusyError, passing, PROBLEM_MEDIA_TYPE, problemOf } from './problem.js';

/** The one place that turns errors into answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly house: House) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const told = passing(error);
    const problem = problemOf(told);
    // Refusals under pressure are counted and logged where they are decided; each by itself would fill the log.
    if (problem.status >= 500 && !(error instanceof BusyError))
      this.house.log.error('http.failed', error, { route: request.routeOptions.url ?? '', method: request.method });
    if (reply.sent || reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    closeAfterAnswer(request.raw, reply);
    if (told instanceof BusyError) void reply.header('retry-after', String(Math.ceil(told.retryAfterMs / 1_000)));
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    void reply
      .status(problem.status)
      .header('content-type', PROBLEM_MEDIA_TYPE)
      .header('cache-control', 'no-store')
      .send(JSON.stringify(problem));
  }
}
