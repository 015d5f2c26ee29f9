// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';
import { BlobStoreFull } from '@amtsbote/store';
import { HttpException } from '@nestjs/common';

/** An RFC 9457 problem: what is wrong, where, what was expected. Never a stack trace, never a value a citizen typed. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Place in what was sent: JSON pointer, part or header name, query parameter. */
  readonly place?: string;
  readonly [extension: string]: unknown;
}

/** Media type of every problem (RFC 9457). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Too slow',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Too large',
  414: 'URI too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  422: 'Cannot be processed',
  429: 'Too many requests',
  431: 'Headers too large',
  503: 'Not available',
  507: 'No space left',
};

/** A problem that a controller throws on purpose. `code` is stable and kebab-case. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
  ) {
    super(detail);
  }
}

/** A problem that is over after a while: the same request may succeed then. */
export class BusyError extends ProblemError {
  /** @param retryAfterMs told in the header Retry-After, in whole seconds. */
  constructor(
    status: 429 | 503 | 507,
    code: string,
    detail: string,
    readonly retryAfterMs: number,
  ) {
    super(status, code, detail);
  }
}

/** How long a sender is to wait after a write that found no space, in milliseconds: somebody has to make some. */
const FULL_RETRY_MS = 60_000;

/** What an error means to the outside, when it is one that passes: a store without space. Other errors as they are. */
export function passing(error: unknown): unknown {
  const isFull = error instanceof BlobStoreFull || databaseCodeOf(error) === DISK_FULL;
  if (!isFull) return error;
  return new BusyError(507, 'storage-full', 'The hub has no space left; nothing of this was kept. Send it again later.', FULL_RETRY_MS);
}

/** SQLSTATE of a database without space. */
const DISK_FULL = '53100';

function databaseCodeOf(error: unknown): unknown {
  const { driverError } = Object(error) as { driverError?: unknown };
  return (Object(driverError) as { code?: unknown }).code;
}

/** The problem an error is to the outside; unknown errors say nothing but that they happened. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return problem(error.status, error.code, error.detail, error.extensions);
  if (error instanceof IntakeRejection)
    return problem(error.status, error.code, error.detail, error.place === undefined ? {} : { place: error.place });
  const status = statusOf(error);
  if (status !== undefined && status >= 400 && status < 500)
    return problem(status, codeOfStatus(status), detailOf(error, status), status === 415 ? { place: 'Content-Type' } : {});
  return problem(
    500,
    'internal-error',
    'An error inside the hub. It is logged; nothing half-written remains. Sending the same again is safe.',
  );
}

function problem(status: number, code: string, detail: string, extensions: Readonly<Record<string, unknown>> = {}): Problem {
  return {
    type: `urn:amtsbote:problem:${code}`,
    title: TITLES[status] ?? (status >= 500 ? 'Internal error' : 'Request refused'),
    status,
    detail,
    ...extensions,
  };
}

function codeOfStatus(status: number): string {
  return (TITLES[status] ?? 'request-refused').toLowerCase().replaceAll(' ', '-');
}

/** Texts of Nest and Fastify that name what is wrong and no value; others are replaced. */
function detailOf(error: unknown, status: number): string {
  const title = TITLES[status] ?? 'The request cannot be handled';
  // Both repeat the address asked for, and addresses may hold anything.
  if (status === 404) return 'There is nothing at this address for this method.';
  if (!(error instanceof HttpException) || status === 415) return `${title}.`;
  const answer = error.getResponse();
  const message: unknown = typeof answer === 'string' ? answer : (answer as { message?: unknown }).message;
  // class-validator's messages name property and constraint, not the value.
  if (Array.isArray(message)) return message.join('; ');
  return typeof message === 'string' ? message : `${title}.`;
}

/** Nest's errors and Fastify's own carry a status. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  const candidate = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof candidate === 'number' ? candidate : undefined;
}
