// SPDX-License-Identifier: EUPL-1.2
import { access, rm, writeFile } from 'node:fs/promises';

import { aFile, aLargeFile, type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { speakRaw } from './support/raw-http.js';
import {
  anEvent,
  aRegistration,
  dataOf,
  expectAccepted,
  expectRefusal,
  field,
  file,
  type LiteralPart,
  multipartBytes,
  rawHead,
  type Refusal,
  sendParts,
  sendSigned,
} from './support/submissions.js';
import { NOTHING, TestHub } from './support/test-hub.js';

/** How the bad thing is sent, and what the sender has to be told. */
type Case = [what: string, send: (hub: TestHub) => Promise<SendingOutcome>, refusal: Refusal];

const UNSIGNED: Case[] = [
  [
    'a wrong signature',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'wrongSignature'),
    { status: 401, code: 'signature-mismatch', place: 'webhook-signature' },
  ],
  [
    'no signature',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'noSignature'),
    { status: 401, code: 'signature-missing', place: 'webhook-id' },
  ],
  [
    'a body changed after signing',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'changedBody'),
    { status: 401, code: 'signature-mismatch', place: 'webhook-signature' },
  ],
  [
    'a stale timestamp',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'staleTimestamp'),
    { status: 401, code: 'timestamp-too-old', place: 'webhook-timestamp' },
  ],
  [
    'a timestamp of the future',
    (hub) => hub.portal().sendSpoilt(anEvent(), 'futureTimestamp'),
    { status: 401, code: 'timestamp-too-new', place: 'webhook-timestamp' },
  ],
  [
    'a wrong token',
    (hub) => hub.forms().sendSpoilt(aRegistration(), 'wrongCredential'),
    { status: 401, code: 'credentials-wrong', place: 'authorization' },
  ],
  [
    'no token',
    (hub) => hub.forms().sendSpoilt(aRegistration(), 'noCredential'),
    { status: 401, code: 'credentials-missing', place: 'authorization' },
  ],
  [
    'no token and a wrong media type',
    (hub) => sendParts(hub, Buffer.from('{}'), { headers: { authorization: '', 'content-type': 'application/json' } }),
    { status: 401, code: 'credentials-missing', place: 'authorization' },
  ],
];

const nestedForm = (levels: number): string => {
  const opening = '{"name":"g","label":"","formItems":[';
  return `{"control":{"transactionId":"tief-${levels}"},"formData":[${opening.repeat(levels)}${']}'.repeat(levels)}]}`;
};
const form = (json: string): Buffer => multipartBytes([field('formData', json)]);
const ofOffice = (office: string): string => JSON.stringify({ control: { transactionId: 'x', zustaendigeStelle: office }, formData: [] });

const NOT_THE_FORMAT: Case[] = [
  ['half a JSON', (hub) => hub.portal().sendSpoilt(anEvent(), 'brokenJson'), { status: 400, code: 'not-json' }],
  ['JSON that is not UTF-8', (hub) => hub.portal().sendSpoilt(anEvent(), 'notUtf8'), { status: 400, code: 'not-utf8' }],
  ['a doubled member', (hub) => hub.portal().sendSpoilt(anEvent(), 'duplicateMember'), { status: 400, code: 'duplicate-member', place: '/type' }],
  ['the member __proto__', (hub) => sendSigned(hub, '{"data":{"__proto__":{}}}'), { status: 400, code: 'forbidden-member' }],
  ['an empty body', (hub) => sendSigned(hub, ''), { status: 400, code: 'not-json' }],
  ['JSON without answers', (hub) => sendSigned(hub, '{"data":{"submission":{"id":"1"}}}'), { status: 400, code: 'form-missing', place: '/data/answers' }],
  ['multipart without form data', (hub) => hub.forms().sendSpoilt(aRegistration(), 'noFormData'), { status: 400, code: 'missing-part', place: 'formData' }],
  ['two parts "formData"', (hub) => hub.forms().sendSpoilt(aRegistration(), 'duplicateFormData'), { status: 400, code: 'duplicate-part', place: 'formData' }],
  ['half a JSON as form data', (hub) => hub.forms().sendSpoilt(aRegistration(), 'brokenFormData'), { status: 400, code: 'not-json' }],
  [
    'no boundary',
    (hub) => sendParts(hub, form('{}'), { headers: { 'content-type': 'multipart/form-data' } }),
    { status: 400, code: 'not-multipart', place: 'Content-Type' },
  ],
  ['something else than multipart', (hub) => sendParts(hub, Buffer.from('{"a":1}')), { status: 400, code: 'not-multipart' }],
  ['nothing at all as multipart', (hub) => sendParts(hub, Buffer.alloc(0)), { status: 400, code: 'not-multipart' }],
  [
    'multipart without its end',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), file('attachment', 'a.pdf', 'a')], '')),
    { status: 400, code: 'not-multipart' },
  ],
  [
    'a part without name',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), { head: ['Content-Disposition: form-data'], body: 'x' }])),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a part without disposition',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), { head: ['Content-Type: application/pdf'], body: 'x' }])),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a file sent as attachment instead of form-data',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([dataOf(aRegistration()), { head: ['Content-Disposition: attachment; name="attachment"; filename="a.pdf"'], body: 'x' }]),
      ),
    { status: 400, code: 'part-without-name', place: 'part 2' },
  ],
  [
    'a part whose head has no end',
    (hub) =>
      sendParts(
        hub,
        Buffer.concat([
          multipartBytes([dataOf(aRegistration())], ''),
          Buffer.from('--grenze-zwischen-teilen\r\nContent-Disposition: form-data; name="attachment"; filename="a.pdf"\r\n--grenze-zwischen-teilen--\r\n'),
        ]),
      ),
    { status: 400, code: 'not-multipart', place: 'part 2' },
  ],
  [
    'a part encoded as nobody decodes any more',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([
          dataOf(aRegistration()),
          { head: [...file('attachment', 'a.pdf', '').head, 'Content-Transfer-Encoding: base64'], body: 'YQ==' },
        ]),
      ),
    { status: 400, code: 'part-encoded', place: 'attachment' },
  ],
]; // prettier-ignore

const WRONG_MEDIA_TYPE: Case[] = [
  [
    'XML where JSON is expected',
    (hub) => sendSigned(hub, '<antrag/>', { 'content-type': 'text/xml' }),
    { status: 415, code: 'wrong-media-type', place: 'Content-Type' },
  ],
  [
    'JSON where multipart is expected',
    (hub) => sendParts(hub, Buffer.from('{}'), { headers: { 'content-type': 'application/json' } }),
    { status: 415, code: 'wrong-media-type', place: 'Content-Type' },
  ],
  [
    'a compressed body',
    (hub) => sendParts(hub, form('{}'), { headers: { 'content-encoding': 'gzip' } }),
    { status: 415, code: 'content-encoded', place: 'Content-Encoding' },
  ],
];

const TOO_LARGE: Case[] = [
  [
    'a signed body over the limit',
    (hub) => sendSigned(hub, JSON.stringify({ fill: 'x'.repeat(300_000) })),
    { status: 413, code: 'submission-too-large', place: 'Content-Length' },
  ],
  [
    'a multipart body over the limit',
    async (hub) => hub.forms().send({ ...aRegistration(), attachments: [aLargeFile('groß.bin', 1_200_000)] }),
    { status: 413, code: 'submission-too-large', place: 'Content-Length' },
  ],
  [
    'an attachment over the limit',
    async (hub) => hub.forms().send({ ...aRegistration(0), attachments: [aFile('klein.pdf', 'x'), aLargeFile('groß.bin', 310_000)] }),
    { status: 413, code: 'attachment-too-large', place: 'attachment' },
  ],
  [
    'an inline attachment over the limit',
    (hub) => {
      const files = [{ name: 'groß.bin', base64: Buffer.alloc(180_000, 'x').toString('base64') }];
      return hub.portal().send(anEvent({ files: [...files, ...files] }));
    },
    { status: 413, code: 'submission-too-large', place: 'Content-Length' },
  ],
  [
    'form data over the limit',
    (hub) => sendParts(hub, form(JSON.stringify({ fill: 'x'.repeat(140_000) }))),
    { status: 413, code: 'part-too-large', place: 'formData' },
  ],
  [
    'many data parts that are too large together',
    (hub) =>
      sendParts(
        hub,
        multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 4 }, (_, n) => field(`feld${n}`, 'x'.repeat(100_000)))]),
      ),
    { status: 413, code: 'parts-too-large', place: 'feld2' },
  ],
  [
    'too many attachments',
    (hub) =>
      sendParts(hub, multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 21 }, () => file('attachment', 'a.pdf', 'a'))])),
    { status: 413, code: 'too-many-attachments' },
  ],
  [
    'too many parts',
    (hub) => sendParts(hub, multipartBytes([dataOf(aRegistration()), ...Array.from({ length: 100 }, (_, n) => field(`feld${n}`, 'a'))])),
    { status: 413, code: 'too-many-parts' },
  ],
  [
    'a flood of headers in a part',
    (hub) => {
      const head = [...Array.from({ length: 1_000 }, (_, n) => `X-Fill-${n}: ${'x'.repeat(30)}`), ...file('attachment', 'a.pdf', '').head];
      return sendParts(hub, multipartBytes([dataOf(aRegistration()), { head, body: 'a' }]));
    },
    { status: 413, code: 'part-head-too-large', place: 'part 2' },
  ],
];

const UNTRANSLATABLE: Case[] = [
  ['JSON nested 10,000 deep', (hub) => sendSigned(hub, `{"data":${'['.repeat(10_000)}${']'.repeat(10_000)}}`), { status: 422, code: 'too-deep' }],
  ['a form nested 40 deep', (hub) => sendParts(hub, form(nestedForm(40))), { status: 422, code: 'too-deep' }],
  [
    '10,000 fields in one form',
    (hub) => {
      const fields = Array.from({ length: 10_000 }, () => '{"name":""}').join(',');
      return sendParts(hub, form(`{"control":{"transactionId":"viele"},"formData":[${fields}]}`));
    },
    { status: 422, code: 'too-many-items', place: '/formData/5000' },
  ],
  ['an attachment announced but missing', (hub) => hub.forms().sendSpoilt(aRegistration(2), 'missingAttachment'), { status: 422, code: 'attachment-missing', place: '/nachweise/lageplan' }],
  ['an attachment without content', (hub) => hub.portal().sendSpoilt(anEvent(), 'missingAttachment'), { status: 422, code: 'attachment-missing', place: '/data/files/0' }],
  ['broken base64', (hub) => hub.portal().sendSpoilt(anEvent(), 'brokenBase64'), { status: 422, code: 'base64-invalid' }],
  ['a link to a foreign origin', (hub) => hub.portal().sendSpoilt(anEvent(), 'foreignLink'), { status: 422, code: 'link-not-allowed' }],
  ['an unknown office', (hub) => sendParts(hub, form(ofOffice('999')), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant', place: '/authorityId' }],
  ['no office where one is needed', (hub) => sendParts(hub, form('{"control":{"transactionId":"x"},"formData":[]}'), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant' }],
  ['an office called "constructor"', (hub) => sendParts(hub, form(ofOffice('constructor')), { endpoint: 'verbund' }), { status: 422, code: 'unknown-tenant' }],
  ['a submission id of 300 characters', (hub) => sendParts(hub, form(`{"control":{"transactionId":"${'x'.repeat(300)}"},"formData":[]}`)), { status: 422, code: 'beyond-limits', place: '/submissionId' }],
  ['a submission id with a NUL', (hub) => sendParts(hub, form('{"control":{"transactionId":"a\\u0000b"},"formData":[]}')), { status: 422, code: 'submission-id-unstorable', place: '/submissionId' }],
  ['files that came before what is wrong', (hub) => sendParts(hub, multipartBytes([file('attachment', 'a.pdf', 'a'), file('attachment', 'b.pdf', 'b'), field('formData', '{"control":{"transactionId":"x"},"formData":{}}')])), { status: 400, code: 'form-data-missing', place: '/formData' }],
]; // prettier-ignore

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

async function lastEntry(): Promise<unknown> {
  return (await hub.journal()).at(-1);
}

describe('a submission that cannot be verified', () => {
  it.each(UNSIGNED)('with %s is refused and leaves nothing, not even in the journal', async (_what, send, refusal) => {
    const before = await hub.journal();
    expectRefusal(await send(hub), refusal);
    expect(await hub.journal()).toEqual(before);
  });

  it('gets its answer though it goes on sending, and its body is not read to the end', async () => {
    const total = 500_000_000;
    let sent = 0;
    const outcome = await sendTo(`${hub.url}/intake/formulare`, {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      length: total,
      bytes: async function* bytes() {
        for (; sent < total; sent += 65_536) yield Buffer.alloc(65_536);
      },
    });
    expectRefusal(outcome, { status: 401, code: 'credentials-missing' });
    expect(outcome).toMatchObject({ headers: { connection: 'close' } });
    expect(sent).toBeLessThan(total);
  });
});

describe('a bad submission', () => {
  it.each([...NOT_THE_FORMAT, ...WRONG_MEDIA_TYPE, ...TOO_LARGE, ...UNTRANSLATABLE])(
    '(%s) is refused with its place, noted in the journal, and nothing of it remains',
    async (_what, send, refusal) => {
      const problem = expectRefusal(await send(hub), refusal);
      expect(await lastEntry()).toMatchObject({
        tenant: '057110000000',
        actor: expect.stringMatching(/^endpoint:(?:formulare|portal|verbund)$/),
        event: 'submission.rejected',
        data: { code: refusal.code, place: problem['place'] ?? null },
      });
    },
  );

  it('with a NUL in the name of what is wrong is refused, and is in the journal', async () => {
    expectRefusal(await sendSigned(hub, '{"a\\u0000b":1,"a\\u0000b":2}'), { status: 400, code: 'duplicate-member', place: '/a\u0000b' });
    expect(await lastEntry()).toMatchObject({ event: 'submission.rejected', data: { code: 'duplicate-member', place: '/a\ufffdb' } });
  });

  it('with a media type that is none is refused', async () => {
    const outcome = await sendParts(hub, form('{}'), { headers: { 'content-type': 'kein Typ' } });
    expectRefusal(outcome, { status: 415, code: 'unsupported-media-type', place: 'Content-Type' });
  });

  it('to an endpoint that does not exist is refused, however large', async () => {
    const outcome = await sendTo(`${hub.url}/intake/gibtesnicht`, hub.forms().build({ ...aRegistration(), attachments: [aLargeFile('a.bin', 30_000_000)] }));
    expectRefusal(outcome, { status: 404, code: 'unknown-endpoint' });
  }); // prettier-ignore

  it.each(['__proto__', 'constructor', 'toString', '..%2fformulare', 'formulare%00'])('to the endpoint %s is refused', async (name) => {
    const outcome = await sendTo(`${hub.url}/intake/${name}`, hub.forms().build(aRegistration()));
    expectRefusal(outcome, { status: 404, code: 'unknown-endpoint' });
  });
});

describe('an upload that does not end well', () => {
  it('cut in the middle of a file leaves no part file, and is in the journal', async () => {
    const before = (await hub.journal()).length;
    const submission = { ...aRegistration(), attachments: [aLargeFile('a.bin', 290_000), aLargeFile('b.bin', 290_000)] };
    for (const share of [0.3, 0.6, 0.95]) expect(await hub.forms().sendTruncated(submission, share)).toMatchObject({ kind: 'cut' });
    await eventually(async () => {
      const entries = (await hub.journal()).slice(before);
      expect(entries.map(({ data }) => data['code'])).toEqual(['cut-off', 'cut-off', 'cut-off']);
    });
    expect(hub.log.filter((line) => line.includes('http.failed'))).toEqual([]);
  });

  it('cut while its JSON was on its way leaves nothing, not even in the journal: nobody knows who it was', async () => {
    const before = await hub.journal();
    expect(await hub.portal().sendTruncated(anEvent(), 0.5)).toMatchObject({ kind: 'cut' });
    await eventually(() => expect(hub.log.filter((line) => line.includes('"cut-off"')).length).toBeGreaterThan(0));
    expect(await hub.journal()).toEqual(before);
  });

  it('half-closed before its announced end is told so', async () => {
    const body = multipartBytes([dataOf(aRegistration()), file('attachment', 'a.pdf', 'a')]);
    const answer = await speakRaw(hub.url, [rawHead(hub, [`Content-Length: ${body.length + 100}`]), body, 'FIN'], {
      untilAnswered: false,
    });
    expectRefusal(answer, { status: 400, code: 'cut-off' });
    expect(answer.closed).toBe(true);
  });

  it('from a sender that stops sending gets 408', async () => {
    const body = multipartBytes([dataOf(aRegistration()), file('attachment', 'a.pdf', 'a'.repeat(100_000))]);
    const head = rawHead(hub, [`Content-Length: ${body.length}`], { endpoint: 'ungeduldig' });
    const answer = await speakRaw(hub.url, [head, body.subarray(0, 60_000)], { untilAnswered: false });
    expectRefusal(answer, { status: 408, code: 'too-slow' });
    expect(answer).toMatchObject({ closed: true, headers: { connection: 'close' } });
    expect(await lastEntry()).toMatchObject({ actor: 'endpoint:ungeduldig', event: 'submission.rejected', data: { code: 'too-slow' } });
  });

  it('from a sender that never stops dripping gets 408 when its time is up', async () => {
    const body = multipartBytes([dataOf(aRegistration()), file('attachment', 'a.pdf', 'a'.repeat(100_000))]);
    const head = rawHead(hub, [`Content-Length: ${body.length}`], { endpoint: 'eilig' });
    const drip = Array.from({ length: 200 }, (_, n) => [body.subarray(n * 100, n * 100 + 100), { pauseMs: 50 }]).flat();
    expectRefusal(await speakRaw(hub.url, [head, ...drip]), { status: 408, code: 'too-slow' });
  });

  it('without Content-Length and without end gets 413 at the limit, readably, and the connection is closed', async () => {
    const chunk = Buffer.concat([Buffer.from('4000\r\n'), Buffer.alloc(0x4000, 'x'), Buffer.from('\r\n')]);
    const start = '2000\r\n--grenze-zwischen-teilen\r\nContent-Disposition: form-data; name="attachment"; filename="a.bin"\r\n\r\n';
    const first = Buffer.concat([Buffer.from(start), Buffer.alloc(0x2000 - (Buffer.byteLength(start) - 6), 'x'), Buffer.from('\r\n')]);
    for (const [endpoint, code] of [['formulare', 'attachment-too-large']] as const) {
      const head = rawHead(hub, ['Transfer-Encoding: chunked'], { endpoint });
      const answer = await speakRaw(hub.url, [head, first, ...Array.from({ length: 500 }, () => chunk)], { untilAnswered: false });
      expectRefusal(answer, { status: 413, code });
      expect(answer.closed).toBe(true);
    }
  });

  it('of signed JSON without Content-Length and over the limit gets 413 before it is read to its end', async () => {
    const head = `POST /intake/portal HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, ' '), Buffer.from('\r\n')]);
    const answer = await speakRaw(hub.url, [head, ...Array.from({ length: 500 }, () => chunk)], { untilAnswered: false });
    expectRefusal(answer, { status: 413, code: 'submission-too-large' });
    expect(answer.closed).toBe(true);
  });

  it('over the limit in several files without Content-Length gets 413', async () => {
    const files = Array.from({ length: 5 }, (_, n): LiteralPart => file('attachment', `${n}.bin`, Buffer.alloc(250_000, 'x')));
    const body = multipartBytes([dataOf(aRegistration()), ...files]);
    const head = rawHead(hub, ['Transfer-Encoding: chunked']);
    const answer = await speakRaw(hub.url, [head, `${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n']);
    expectRefusal(answer, { status: 413, code: 'submission-too-large' });
  });
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

describe('a store that cannot store', () => {
  /** A file where the directory should be: even root cannot write into it. */
  async function breakStore({ blobs }: TestHub): Promise<void> {
    await eventually(() => access(blobs));
    await rm(blobs, { recursive: true });
    await writeFile(blobs, '');
  }

  it('answers 500 and forgets everything; the same submission is accepted when it works again', async () => {
    const other = await TestHub.start();
    try {
      await breakStore(other);
      const registration = aRegistration(2);
      const event = anEvent();
      expectRefusal(await other.forms().send(registration), { status: 500, code: 'internal-error' });
      expectRefusal(await other.portal().send(event), { status: 500, code: 'internal-error' });
      expect(await other.stored()).toEqual(NOTHING);
      await rm(other.blobs);
      expectAccepted(await other.forms().send(registration));
      expectAccepted(await other.portal().send(event));
      expect(await other.stored()).toMatchObject({ applications: 2, attachments: 5 });
    } finally {
      await other.stop();
    }
  });

  it('works again when its directories vanished meanwhile', async () => {
    const other = await TestHub.start();
    try {
      expectAccepted(await other.forms().send(aRegistration(15)));
      await rm(other.blobs, { recursive: true });
      for (let count = 0; count < 20; count += 1) expectAccepted(await other.forms().send(aRegistration(15)));
    } finally {
      await other.stop();
    }
  });
});
