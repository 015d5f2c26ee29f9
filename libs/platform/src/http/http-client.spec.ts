// SPDX-License-Identifier: EUPL-1.2
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

import { isTransportFailure } from '@amtsbote/canonical';
import { afterEach, describe, expect, it } from '@jest/globals';

import { HttpClient, type HttpRequest, type HttpSettings } from './http-client.js';
import { HttpFailure } from './http-failure.js';

const SECRET = 'geheim-0815';
const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function listening(server: Server | TcpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
/** A server of HTTP. */
function http(listener: RequestListener): Promise<string> {
  return listening(createServer(listener));
}
/** A server that does with connections what it likes. */
function tcp(onSocket: (socket: Socket) => void): Promise<string> {
  return listening(
    createTcpServer((socket) => {
      socket.on('error', () => undefined);
      onSocket(socket);
    }),
  );
}
function client(baseUrl: string, more: Partial<HttpSettings> = {}): HttpClient {
  const made = new HttpClient({ baseUrl, timeoutMs: 10_000, ...more });
  open.push(made);
  return made;
}
async function failure(call: Promise<unknown>): Promise<HttpFailure> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof HttpFailure) return error;
  throw new Error('expected an HttpFailure', { cause: error });
}
const post: HttpRequest = { method: 'POST', path: `/a?key=${SECRET}`, body: SECRET, headers: { authorization: SECRET } };
async function bodyOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat((await request.toArray()) as Buffer[]).toString();
}

describe('HttpClient, when an answer comes', () => {
  it('sends method, path, headers and bytes, and reads status, headers and bytes', async () => {
    const url = await http((request, response) => {
      const { method, url: path, headers } = request;
      const seen = {
        method,
        path,
        own: headers['x-own'],
        every: headers['x-every'],
        basic: headers.authorization,
      };
      void bodyOf(request).then((body) => {
        response
          .writeHead(207, { 'Content-Type': 'application/json', 'Set-Cookie': ['a=1', 'b=2'] })
          .end(JSON.stringify({ ...seen, body }));
      });
    });
    const settings = { headers: { 'x-every': 'e' }, basic: { username: 'u', password: 'p:ä' } };
    const answer = await client(`${url}/base`, settings).request({
      method: 'PUT',
      path: '/x?y=1',
      body: Buffer.from('Käse'),
      headers: { 'x-own': 'o' },
    });
    expect(answer.status).toBe(207);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'set-cookie': 'a=1, b=2' });
    expect(JSON.parse(answer.body.toString())).toEqual({
      method: 'PUT',
      path: '/base/x?y=1',
      own: 'o',
      every: 'e',
      basic: `Basic ${Buffer.from('u:p:ä').toString('base64')}`,
      body: 'Käse',
    });
  });

  it.each([200, 204, 304, 400, 401, 404, 409, 429, 500, 503])('takes %i for an answer, not for an error', async (status) => {
    const url = await http((_request, response) => void response.writeHead(status).end());
    await expect(client(url).request({ method: 'GET', path: '/' })).resolves.toMatchObject({ status });
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
    const lines: string[] = [];
    const url = await http((request, response) => {
      lines.push(request.url ?? '');
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    await expect(client(url).request(post)).resolves.toMatchObject({ status, headers: { location: '/elsewhere' } });
    expect(lines).toHaveLength(1);
  });

  it('streams bodies both ways', async () => {
    const url = await http((request, response) => void request.pipe(response));
    const body = Readable.from([Buffer.from('a'.repeat(70_000)), Buffer.from('end')]);
    const { stream, status } = await client(url).stream({ method: 'POST', path: '/', body });
    expect(status).toBe(200);
    expect(Buffer.concat((await stream.toArray()) as Buffer[]).toString()).toBe(`${'a'.repeat(70_000)}end`);
  });

  it('goes to absolute addresses of its own origin', async () => {
    const url = await http((request, response) => void response.end(request.url));
    const answer = await client(`${url}/base`).request({ method: 'GET', path: `${url}/link?x=1` });
    expect(answer.body.toString()).toBe('/link?x=1');
  });
});

describe('HttpClient, when the target cannot have acted', () => {
  it('says so of a refused connection', async () => {
    const url = await http(() => undefined);
    for (const one of open.splice(0)) one.close();
    const error = await failure(client(url).request(post));
    expect([error.code, error.transportStage]).toEqual(['unreachable', 'notSent']);
    expect(isTransportFailure(error)).toBe(true);
  });

  it('says so of a name that does not exist', async () => {
    const error = await failure(client('http://nowhere.invalid').request(post));
    expect([error.code, error.transportStage]).toEqual(['unreachable', 'notSent']);
  });

  it.each(['http://127.0.0.1:1/x', 'https://example.org/', 'http://user@example.org/', 'file:///etc/passwd'])(
    'refuses an address of another origin (%s) before anything is sent',
    async (path) => {
      let asked = 0;
      const url = await http((_request, response) => {
        asked += 1;
        response.end();
      });
      const error = await failure(client(url).request({ method: 'GET', path }));
      expect([error.code, error.transportStage]).toEqual(['redirect-refused', 'notSent']);
      expect(asked).toBe(0);
    },
  );

  it('says so of a server that speaks no TLS', async () => {
    const url = await tcp((socket) => void socket.end('no TLS here\r\n'));
    const error = await failure(client(url.replace('http:', 'https:')).request(post));
    // Nothing readable was sent, but the code does not tell that from a connection that broke later: the careful answer.
    expect(error.transportStage).toBe('sent');
  });
});

describe('HttpClient, when the target may have acted', () => {
  it('says so of a connection that is reset before the request was read', async () => {
    const url = await tcp((socket) => void socket.resetAndDestroy());
    const error = await failure(client(url).request(post));
    expect([error.code, error.transportStage]).toEqual(['interrupted', 'sent']);
  });

  it('says so of a connection that is reset after the request was read', async () => {
    const url = await tcp((socket) => void socket.on('data', () => socket.resetAndDestroy()));
    const error = await failure(client(url).request(post));
    expect([error.code, error.transportStage]).toEqual(['interrupted', 'sent']);
  });

  it('says so of an answer that ends in the middle', async () => {
    const url = await tcp((socket) => void socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')));
    const error = await failure(client(url).request(post));
    expect([error.code, error.transportStage]).toEqual(['interrupted', 'sent']);
  });

  it('says so of a target that never answers', async () => {
    const url = await tcp(() => undefined);
    const error = await failure(client(url, { timeoutMs: 150 }).request(post));
    expect([error.code, error.transportStage]).toEqual(['timeout', 'sent']);
  });

  it('says so of an answer that never ends, within the time for all of it', async () => {
    const url = await http((_request, response) => {
      const dripping = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(dripping));
    });
    const error = await failure(client(url, { timeoutMs: 300 }).request(post));
    expect([error.code, error.transportStage]).toEqual(['timeout', 'sent']);
  });

  it('says so when the caller gives up', async () => {
    const url = await tcp(() => undefined);
    const over = new AbortController();
    setTimeout(() => over.abort(), 100);
    const error = await failure(client(url).request({ ...post, signal: over.signal }));
    expect([error.code, error.transportStage]).toEqual(['aborted', 'sent']);
  });

  it('says so of an answer that is too large, announced or not, packed or not', async () => {
    const settings = { answerBytesMax: 1_000 };
    const oversized: RequestListener[] = [
      (_request, response) => void response.end(Buffer.alloc(1_001)),
      (_request, response) => {
        response.write(Buffer.alloc(600));
        response.end(Buffer.alloc(600));
      },
      (_request, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000))),
    ];
    for (const listener of oversized) {
      const url = await http(listener);
      const error = await failure(client(url, settings).request(post));
      expect([error.code, error.transportStage]).toEqual(['answer-too-large', 'sent']);
    }
  });

  it('takes an answer of exactly the greatest size', async () => {
    const url = await http((_request, response) => void response.end(Buffer.alloc(1_000)));
    await expect(client(url, { answerBytesMax: 1_000 }).request(post)).resolves.toMatchObject({ status: 200 });
  });
});

describe('failures of HttpClient', () => {
  it('show neither path nor query, headers or body', async () => {
    const url = await tcp((socket) => void socket.resetAndDestroy());
    const error = await failure(client(url, { basic: { username: 'u', password: SECRET } }).request(post));
    const shown = [error.message, error.stack, String(error.cause), JSON.stringify(error)].join('\n');
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain('/a?');
    expect(error.message).toBe(`POST to ${url}: interrupted`);
  });

  it('are no cover for our own mistakes: an address that is none is reported as what it is', async () => {
    const url = await http((_request, response) => void response.end());
    await expect(client(url).request({ method: 'GET', path: 'no-slash' })).rejects.toMatchObject({ code: 'ERR_INVALID_URL' });
  });
});
