// SPDX-License-Identifier: EUPL-1.2
import { type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { speakRaw } from './support/raw-http.js';
import { expectRefusal } from './support/submissions.js';
import { NOTHING, TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});
/** Nothing half-written remains, whatever was refused. */
afterEach(async () => {
  await eventually(async () => expect(await hub.stored()).toEqual(NOTHING), 5_000);
});

describe('HTTP that is none', () => {
  const raw = (lines: string): string => lines.replaceAll('\n', '\r\n');

  it.each([
    ['garbage', 'EHLO amt.example\n\n', 400, 'not-http'],
    ['a header without colon', 'GET /health/live HTTP/1.1\nHost: a\nkaputt\n\n', 400, 'not-http'],
    ['two lengths that contradict each other', 'POST /intake/portal HTTP/1.1\nHost: a\nContent-Length: 5\nContent-Length: 6\n\n{}', 400, 'not-http'],
    ['length and chunks at once', 'POST /intake/portal HTTP/1.1\nHost: a\nContent-Length: 5\nTransfer-Encoding: chunked\n\n0\n\n', 400, 'not-http'],
    ['a header of 100,000 bytes', `GET /health/live HTTP/1.1\nHost: a\nX-Fill: ${'x'.repeat(100_000)}\n\n`, 431, 'headers-too-large'],
    ['a path that cannot be decoded', 'GET /intake/%ZZ HTTP/1.1\nHost: a\n\n', 400, 'bad-request'],
    ['a name of 300 characters', `GET /intake/${'x'.repeat(300)} HTTP/1.1\nHost: a\n\n`, 414, 'uri-too-long'],
    ['an unknown path', 'GET /gibt/es/nicht?name=Mustermann HTTP/1.1\nHost: a\n\n', 404, 'not-found'],
    ['an unknown path with XML', 'POST /gibt/es/nicht HTTP/1.1\nHost: a\nContent-Type: text/xml\nContent-Length: 4\n\n<a/>', 404, 'not-found'],
    ['an unknown path and a huge body', 'POST /gibt/es/nicht HTTP/1.1\nHost: a\nContent-Type: text/xml\nContent-Length: 900000000\n\n<a/>', 404, 'not-found'],
    ['PUT to an endpoint', 'PUT /intake/portal HTTP/1.1\nHost: a\nContent-Type: application/json\nContent-Length: 2\n\n{}', 404, 'not-found'],
    ['DELETE of an endpoint', 'DELETE /intake/portal HTTP/1.1\nHost: a\n\n', 404, 'not-found'],
    ['a method nobody knows', 'BREW /intake/portal HTTP/1.1\nHost: a\n\n', 400, 'not-http'],
  ])('(%s) is answered with a problem', async (_what, request, status, code) => {
    const answer = await speakRaw(hub.url, [raw(request)]);
    const problem = expectRefusal(answer, { status, code });
    expect(JSON.stringify(problem)).not.toContain('Mustermann');
  }); // prettier-ignore

  it('after a body that is longer than announced the first request is answered, and the rest is not taken for another one', async () => {
    const body = '{"a":1}';
    const request = `POST /intake/portal HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${body.length - 2}\r\n\r\n${body}`;
    const answer = await speakRaw(hub.url, [request], { untilAnswered: false });
    expect(answer.status).toBe(401);
    expect(answer.closed).toBe(true);
  });
});

describe('bad JSON to the other routes', () => {
  const itemOf = (): string => `${hub.url}/pickup/gewerberegister/01890000-0000-7000-8000-000000000000/ack`;
  const post = async (body: string, contentType = 'application/json'): Promise<SendingOutcome> => {
    const bytes = Buffer.from(body);
    const headers = { 'content-type': contentType, authorization: `Bearer ${hub.environment['PICKUP_TOKEN'] ?? ''}` };
    return sendTo(itemOf(), { headers, length: bytes.length, bytes: async function* () { yield bytes; } }); // prettier-ignore
  };
  it.each([
    ['cut off', '{"leaseId":', 400, 'not-json'],
    ['nested 100,000 deep', `{"leaseId":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 422, 'too-deep'],
    ['with __proto__', '{"__proto__":{"leaseId":"x"}}', 400, 'forbidden-member'],
    ['with unknown members', '{"leaseId":"01890000-0000-7000-8000-000000000000","mehr":1}', 400, 'bad-request'],
    ['that is a list', '[]', 400, 'bad-request'],
    ['that is nothing', '', 400, 'bad-request'],
  ])('%s is refused', async (_what, body, status, code) => {
    expectRefusal(await post(body), { status, code });
  });

  it('of another media type is refused', async () => {
    expectRefusal(await post('<a/>', 'text/xml'), { status: 415, code: 'unsupported-media-type', place: 'Content-Type' });
  });

  it('over its limit is refused readably, while the sender is still sending', async () => {
    const body = ' '.repeat(30_000_000);
    expectRefusal(await post(body), { status: 413, code: 'too-large' });
  });
});
