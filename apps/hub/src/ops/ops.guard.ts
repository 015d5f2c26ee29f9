// SPDX-License-Identifier: EUPL-1.2
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../house/tokens.js';
import { authenticate } from '../http/credentials.js';
import { ProblemError } from '../http/problem.js';
import { actorOf, ConsoleSessions } from './console-sessions.js';
import type { Operator, OperatorRequest } from './operator.js';
import { sessionTokenOf } from './session-cookie.js';

/** Sent by the console with every write: another site's form or script cannot send it. */
export const CONSOLE_HEADER = 'x-amtsbote';

/** Lets operators through: by bearer token, or by the console's session cookie. Their answers are for them alone. */
@Injectable()
export class OpsGuard implements CanActivate {
  constructor(
    private readonly house: House,
    private readonly sessions: ConsoleSessions,
  ) {}

  /** @throws ProblemError 401, 403 */
  async canActivate(context: ExecutionContext): Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<OperatorRequest>();
    void http.getResponse<FastifyReply>().header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
    request.operator = await this.operatorOf(request);
    return true;
  }

  private async operatorOf(request: FastifyRequest): Promise<Operator> {
    const token = sessionTokenOf(request.headers.cookie);
    if (request.headers.authorization !== undefined || token === undefined) {
      const { name, tenants = null } = authenticate(request.headers.authorization, this.house.loaded.config.ops.credentials);
      return { name, actor: actorOf(name), tenants, via: 'token' };
    }
    const operator = await this.sessions.find(token);
    if (operator === undefined)
      throw new ProblemError(401, 'session-over', 'The session is over. Open a new login link (amtsbote login-link).');
    if (!['GET', 'HEAD'].includes(request.method) && request.headers[CONSOLE_HEADER] !== 'console')
      throw new ProblemError(403, 'not-from-the-console', `A session may only write with the header ${CONSOLE_HEADER}: console.`);
    return operator;
  }
}
