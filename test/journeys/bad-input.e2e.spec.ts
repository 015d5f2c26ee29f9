// SPDX-License-Identifier: EUPL-1.2
import { access, rm, writeFile } from 'node:fs/promises';

import { aLargeFile, sendTo } from '@amtsbote/adapter-kit/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { form, NOT_THE_FORMAT, TOO_LARGE, UNSIGNED, UNTRANSLATABLE, WRONG_MEDIA_TYPE } from './support/bad-submissions.js';
import { eventually } from './support/eventually.js';
import { FIN, speakRaw } from './support/raw-http.js';
import {
  anEvent,
  aRegistration,
  dataOf,
  expectAccepted,
  expectRefusal,
  file,
  type LiteralPart,
  multipartBytes,
  rawHead,
  sendParts,
  sendSigned,
} from './support/submissions.js';
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

describe('a sender that reads nothing before it has written everything', () => {
  it.each([
    ['without credentials', { token: 'nein' }, { status: 401, code: 'credentials-wrong' }],
    ['to nowhere', { endpoint: 'gibtesnicht' }, { status: 404, code: 'unknown-endpoint' }],
    ['over the limit', {}, { status: 413, code: 'submission-too-large' }],
  ])('%s gets its answer all the same', async (_what, head, refusal) => {
    const body = Buffer.alloc(20_000_000);
    const steps = [rawHead(hub, [`Content-Length: ${body.length}`], head), body, { pauseMs: 50 }];
    const answer = await speakRaw(hub.url, steps, { readsAtOnce: false });
    expectRefusal(answer, refusal);
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
    const answer = await speakRaw(hub.url, [rawHead(hub, [`Content-Length: ${body.length + 100}`]), body, FIN], {
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

  it('of JSON without signature and without Content-Length is refused before it is read', async () => {
    const head = `POST /intake/portal HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(0x10000, ' '), Buffer.from('\r\n')]);
    const answer = await speakRaw(hub.url, [head, ...Array.from({ length: 500 }, () => chunk)], { untilAnswered: false });
    expectRefusal(answer, { status: 401, code: 'signature-missing' });
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

  it('answers 500 and forgets everything when the database refuses', async () => {
    const other = await TestHub.start();
    try {
      await other.query('ALTER TABLE application ADD CONSTRAINT never CHECK (false)');
      const registration = aRegistration(2);
      expectRefusal(await other.forms().send(registration), { status: 500, code: 'internal-error' });
      expect(await other.stored()).toEqual(NOTHING);
      await other.query('ALTER TABLE application DROP CONSTRAINT never');
      expectAccepted(await other.forms().send(registration));
      expect(await other.stored()).toMatchObject({ applications: 1, attachments: 4 });
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
