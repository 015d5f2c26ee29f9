// SPDX-License-Identifier: EUPL-1.2
import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { House } from '../../house/tokens.js';
import { authenticate } from '../../http/credentials.js';

/** Whose catalogue a reader may see; `null` = all. */
export interface Reader {
  readonly tenants: readonly string[] | null;
}

type ReaderRequest = FastifyRequest & { reader?: Reader };

/** The reader of this request, as the guard found out. */
export const AsReader = createParamDecorator((_data: unknown, context: ExecutionContext): Reader => {
  const { reader } = context.switchToHttp().getRequest<ReaderRequest>();
  if (reader === undefined) throw new Error('a route without the guard of the readers');
  return reader;
});

/** Lets readers of the catalogue through: those configured for it, portals and operators, by bearer token. */
@Injectable()
export class ReaderGuard implements CanActivate {
  constructor(private readonly house: House) {}

  /** @throws ProblemError 401 */
  canActivate(context: ExecutionContext): true {
    const http = context.switchToHttp();
    const request = http.getRequest<ReaderRequest>();
    const { catalogue, portals, ops } = this.house.loaded.config;
    const credentials = [...Object.values(catalogue.readers), ...Object.values(portals), ...ops.credentials];
    const { tenants = null } = authenticate<{ token: string; tenants?: readonly string[] | undefined }>(
      request.headers.authorization,
      credentials,
    );
    request.reader = { tenants };
    // To be kept by the reader alone, and asked about again each time: If-None-Match makes that cheap.
    void http.getResponse<FastifyReply>().header('cache-control', 'private, no-cache').header('x-content-type-options', 'nosniff');
    return true;
  }
}
