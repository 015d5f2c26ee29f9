// SPDX-License-Identifier: EUPL-1.2
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import type { Commander } from '../delivery/step-commands.js';

/** An authenticated admin. */
export interface Operator extends Commander {
  /** Name of the credential. */
  readonly name: string;
  readonly via: 'token' | 'session';
}

/** A request the guard has let through. */
export type OperatorRequest = FastifyRequest & { operator?: Operator };

/** The admin of this request, as the guard found out. */
export const AsOperator = createParamDecorator((_data: unknown, context: ExecutionContext): Operator => {
  const { operator } = context.switchToHttp().getRequest<OperatorRequest>();
  if (operator === undefined) throw new Error('a route without the guard of the operators');
  return operator;
});

/** Tenants that both allow; `null` = all. Pure. */
export function bothTenants(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null) return other;
  return other === null ? one : one.filter((tenant) => other.includes(tenant));
}
