// SPDX-License-Identifier: EUPL-1.2
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import type { Log } from '@amtsbote/platform';
import type { FastifyReply } from 'fastify';

import { closeAfterAnswer, lingerOn } from './linger.js';
import { PROBLEM_MEDIA_TYPE, ProblemError, problemOf } from './problem.js';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/** What was wrong with bytes that never became a request. */
function problemOfConnection(code: string | undefined): ProblemError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError(408, 'too-slow', 'The request came too slowly.');
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError(431, 'headers-too-large', 'The head of the request is too large.');
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new ProblemError(413, 'chunk-extensions-too-large', 'The chunk extensions of the request are too large.');
    case 'HPE_INVALID_EOF_STATE':
      return new ProblemError(400, 'cut-off', 'The request ended before its announced end.');
    default:
      return new ProblemError(400, 'not-http', 'This is not HTTP/1.1 (RFC 9112).');
  }
}

/** Answers what no route sees: bytes that are not HTTP, heads that are too large, requests that never end. */
export function connectionErrors(log: Log): (error: NodeJS.ErrnoException, socket: Socket) => void {
  const answered = new WeakSet<Socket>();
  return (error, socket) => {
    // Every further chunk of what is not HTTP is an error again.
    if (error.code === 'ECONNRESET' || socket.destroyed || answered.has(socket)) return;
    answered.add(socket);
    const problem = problemOf(problemOfConnection(error.code));
    log.debug('http.not-a-request', { code: error.code, status: problem.status });
    lingerOn(socket);
    const earlier = answerUnderWay(socket);
    if (earlier?.req.complete === true && !earlier.headersSent) {
      // What is wrong came after a whole request, which is to be answered for itself; then the connection ends.
      earlier.shouldKeepAlive = false;
      return;
    }
    if (!socket.writable || earlier?.headersSent === true) {
      // Another answer in the middle of one would be taken for its content.
      socket.destroy();
      return;
    }
    const body = JSON.stringify(problem);
    const head = [
      `HTTP/1.1 ${problem.status} ${REASONS[problem.status] ?? ''}`,
      `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

/** Answers addresses that cannot be decoded or are too long for the router. */
export function routerErrors(error: unknown, request: { raw: IncomingMessage }, reply: FastifyReply): void {
  const problem = problemOf(error);
  closeAfterAnswer(request.raw, reply);
  void reply.status(problem.status).header('content-type', PROBLEM_MEDIA_TYPE).send(JSON.stringify(problem));
}

/** The answer that this connection waits for, by Node's own account of it. */
function answerUnderWay(socket: Socket): ServerResponse | undefined {
  const current: unknown = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return current instanceof ServerResponse ? current : undefined;
}
