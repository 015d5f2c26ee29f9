// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { systemClock } from '@amtsbote/platform';
import { FileBlobStore } from '@amtsbote/store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance, type LightMyRequestResponse } from 'fastify';

import { problemOf } from './problem.js';
import { type SendableBlob, sendBlob } from './send-blob.js';

const ID = '0192f0a0-0000-7000-8000-0000000000a1';
const CONTENT = '0123456789';

describe('sendBlob', () => {
  let directory: string;
  let server: FastifyInstance;
  let blob: SendableBlob;
  let etag: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'amtsbote-send-'));
    const blobs = new FileBlobStore(directory, systemClock);
    const { size, sha512 } = await blobs.put(ID, Readable.from([Buffer.from(CONTENT)]), 100);
    blob = { id: ID, name: 'Übersicht.pdf', mediaType: 'application/pdf', size, sha512 };
    etag = `"${sha512.slice(0, 32)}"`;
    server = fastify();
    server.setErrorHandler(async (error, _request, reply) => {
      const problem = problemOf(error);
      await reply.status(problem.status).header('content-type', 'application/problem+json').send(JSON.stringify(problem));
    });
    server.get('/file', (request, reply) => sendBlob(blobs, blob, request, reply));
    server.get('/gone', (request, reply) => sendBlob(blobs, { ...blob, id: ID.replace('a1', 'ff') }, request, reply));
    server.get<{ Querystring: { name: string; type?: string } }>('/named', (request, reply) =>
      sendBlob(blobs, { ...blob, name: request.query.name, mediaType: request.query.type ?? 'text/html' }, request, reply),
    );
    await server.ready();
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  const get = (headers: Record<string, string> = {}, url = '/file'): Promise<LightMyRequestResponse> => server.inject({ url, headers });

  it('sends the whole file as a download that no browser interprets, with its hash', async () => {
    const answer = await get();
    expect([answer.statusCode, answer.body]).toEqual([200, CONTENT]);
    expect(answer.headers).toMatchObject({
      'content-length': '10',
      'content-type': 'application/pdf',
      'x-content-type-options': 'nosniff',
      'accept-ranges': 'bytes',
      etag,
      'content-disposition': "attachment; filename*=UTF-8''%C3%9Cbersicht.pdf",
      'repr-digest': `sha-512=:${createHash('sha512').update(CONTENT).digest('base64')}:`,
    });
  });

  it.each([
    ['bytes=0-0', '0', 'bytes 0-0/10'],
    ['bytes=2-4', '234', 'bytes 2-4/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=7-99', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=-99', CONTENT, 'bytes 0-9/10'],
    ['bytes=9-9', '9', 'bytes 9-9/10'],
  ])('answers %s with that part', async (range, body, contentRange) => {
    const answer = await get({ range });
    expect([answer.statusCode, answer.body]).toEqual([206, body]);
    expect(answer.headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(body.length), etag });
  });

  it.each(['bytes=10-', 'bytes=99-100', 'bytes=-0', 'bytes=5-4'])(
    'refuses %s, names the size, and sends no header of the file',
    async (range) => {
      const answer = await get({ range });
      expect([answer.statusCode, answer.headers['content-range']]).toEqual([416, 'bytes */10']);
      expect(answer.headers['content-type']).toContain('application/problem+json');
      for (const header of ['etag', 'content-disposition', 'repr-digest']) expect(answer.headers).not.toHaveProperty(header);
    },
  );

  it.each(['bytes=0-1,4-5', 'bytes=', 'bytes=-', 'bytes=a-b', 'lines=1-2', 'bytes=0-9999999999999999', '0-1'])(
    'sends the whole file for %s',
    async (range) => {
      const answer = await get({ range });
      expect([answer.statusCode, answer.body]).toEqual([200, CONTENT]);
    },
  );

  it('sends a part only of the state the client knows', async () => {
    expect((await get({ range: 'bytes=0-1', 'if-range': etag })).statusCode).toBe(206);
    expect((await get({ range: 'bytes=0-1', 'if-range': '"other"' })).statusCode).toBe(200);
  });

  it('sends nothing to a client that has it', async () => {
    const answer = await get({ 'if-none-match': etag });
    expect([answer.statusCode, answer.body]).toEqual([304, '']);
    expect((await get({ 'if-none-match': '"other"' })).statusCode).toBe(200);
  });

  it('answers a missing blob with an error that carries no header of the file', async () => {
    const answer = await get({}, '/gone');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([500, expect.stringContaining('application/problem+json')]);
    for (const header of ['etag', 'content-disposition', 'repr-digest']) expect(answer.headers).not.toHaveProperty(header);
    expect(Number(answer.headers['content-length'])).toBe(Buffer.byteLength(answer.body));
  });

  it.each([
    ["it's (2)*.pdf", 'it%27s%20%282%29%2A.pdf'],
    ['a;b"c.pdf', 'a%3Bb%22c.pdf'],
    ['日本😀.pdf', '%E6%97%A5%E6%9C%AC%F0%9F%98%80.pdf'],
  ])('writes the name %s so that parsers of RFC 8187 read it', async (name, written) => {
    const answer = await get({}, `/named?name=${encodeURIComponent(name)}`);
    expect(answer.headers['content-disposition']).toBe(`attachment; filename*=UTF-8''${written}`);
    expect(decodeURIComponent(written)).toBe(name);
  });

  it.each(['text/html; charset=x', 'nonsense', 'a/b\r\nx: y', ''])('calls the odd media type %j bytes', async (type) => {
    const answer = await get({}, `/named?name=a&type=${encodeURIComponent(type)}`);
    expect(answer.headers['content-type']).toBe('application/octet-stream');
  });
});
