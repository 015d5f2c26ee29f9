// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { aFile, aLargeFile, ODD_FILE_NAMES } from '@amtsbote/adapter-kit/testing';
import { valueOf } from '@amtsbote/canonical';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { speakRaw } from './support/raw-http.js';
import {
  anEvent,
  aRegistration,
  dataOf,
  expectAccepted,
  expectRefusal,
  field,
  file,
  multipartBytes,
  rawHead,
  sendParts,
} from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

describe('an endpoint', () => {
  it.each(['', '?wsdl', '?WSDL&x=1'])('answers a probe with GET%s, without credentials', async (query) => {
    const answer = await fetch(`${hub.url}/intake/formulare${query}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ endpoint: 'formulare', accepts: ['multipart/form-data'] });
  });

  it('answers a probe with HEAD, without credentials and without body', async () => {
    const answer = await fetch(`${hub.url}/intake/portal`, { method: 'HEAD' });
    expect({ status: answer.status, body: await answer.text() }).toEqual({ status: 200, body: '' });
    expect((await fetch(`${hub.url}/intake/gibtesnicht`, { method: 'HEAD' })).status).toBe(404);
  });

  it('takes a submission from a sender that waits for 100 Continue', async () => {
    const body = multipartBytes([dataOf(aRegistration()), file('attachment', 'Lageplan_1.pdf', 'a')]);
    const head = rawHead(hub, ['Expect: 100-continue', `Content-Length: ${body.length}`]);
    expect(await speakRaw(hub.url, [head, { pauseMs: 100 }, body])).toMatchObject({ status: 202 });
  });

  it('takes a submission in chunks, without Content-Length', async () => {
    const body = multipartBytes([dataOf(aRegistration()), file('attachment', 'Lageplan_1.pdf', 'a')]);
    const chunks = [...body].map((byte) => Buffer.from([0x31, 0x0d, 0x0a, byte, 0x0d, 0x0a]));
    const answer = await speakRaw(hub.url, [rawHead(hub, ['Transfer-Encoding: chunked']), Buffer.concat(chunks), '0\r\n\r\n']);
    expect(answer).toMatchObject({ status: 202 });
  });

  it('takes several submissions over one connection', async () => {
    const requests = Array.from({ length: 3 }, () => {
      const body = multipartBytes([dataOf(aRegistration(0))]);
      return Buffer.concat([Buffer.from(rawHead(hub, [`Content-Length: ${body.length}`])), body]);
    });
    const [last = Buffer.alloc(0)] = requests.splice(-1);
    const closing = Buffer.from(last.toString('latin1').replace('Host:', 'Connection: close\r\nHost:'), 'latin1');
    const answer = await speakRaw(hub.url, [...requests, closing], { untilAnswered: false });
    expect(answer.body.match(/HTTP\/1\.1 202/g)).toHaveLength(2);
    expect(answer).toMatchObject({ status: 202, closed: true });
  });

  it('answers the request it understood when something follows that is none', async () => {
    const body = multipartBytes([dataOf(aRegistration(0))]);
    const request = Buffer.concat([
      Buffer.from(rawHead(hub, [`Content-Length: ${body.length}`])),
      body,
      Buffer.from('und noch etwas\r\n\r\n'),
    ]);
    const answer = await speakRaw(hub.url, [request], { untilAnswered: false });
    expect(answer).toMatchObject({ status: 202, closed: true, headers: { connection: 'close' } });
    expect(answer.body).not.toContain('HTTP/1.1');
  });
});

describe('the same submission', () => {
  it('50 times at once gets 50 identical answers and exists once', async () => {
    const registration = aRegistration(2);
    const before = await hub.stored();
    const outcomes = await hub.forms().sendConcurrently(registration, 50);
    const answers = new Set(outcomes.map((outcome) => JSON.stringify(expectAccepted(outcome))));
    expect(answers.size).toBe(1);
    const after = await hub.stored();
    // One application with its four files: representation, Antrag.json and two uploads.
    expect(after.applications - before.applications).toBe(1);
    expect(after.attachments - before.attachments).toBe(4);
    expect(after.files.length - before.files.length).toBe(4);
    const { attachments } = await hub.application(expectAccepted(await hub.forms().send(registration)).applicationId);
    for (const attachment of attachments) {
      if (attachment.state !== 'stored') throw new Error('not stored');
      expect(
        createHash('sha512')
          .update(await hub.bytesOf(attachment.id))
          .digest('hex'),
      ).toBe(attachment.sha512);
    }
  });

  it('50 times at once as signed JSON gets 50 identical answers and exists once', async () => {
    const event = anEvent();
    const before = await hub.stored();
    const outcomes = await hub.portal().sendConcurrently(event, 50);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(expectAccepted(outcome)))).size).toBe(1);
    const after = await hub.stored();
    expect(after.applications - before.applications).toBe(1);
    expect(after.files.length - before.files.length).toBe(1);
  });

  it('later, also after a restart, gets the same answer and is in the journal as repeated', async () => {
    const registration = aRegistration();
    const first = expectAccepted(await hub.forms().send(registration));
    expect(expectAccepted(await hub.forms().send(registration))).toEqual(first);
    const before = await hub.stored();
    await hub.restart();
    expect(expectAccepted(await hub.forms().send(registration))).toEqual(first);
    expect(await hub.stored()).toMatchObject({ applications: before.applications, files: before.files });
    const repetitions = (await hub.journal('submission.repeated')).slice(-2);
    expect(repetitions).toMatchObject([{ data: { differs: false } }, { data: { differs: false } }]);
  });

  it('with other answers under the same id changes nothing and is in the journal as different', async () => {
    const registration = aRegistration();
    const first = expectAccepted(await hub.forms().send(registration));
    const changed = { ...registration, formData: { ...registration.formData, formData: registration.formData.formData.slice(1) } };
    expect(expectAccepted(await hub.forms().send(changed))).toEqual(first);
    expect((await hub.application(first.applicationId)).form).toHaveLength(registration.formData.formData.length);
    expect((await hub.journal('submission.repeated')).at(-1)).toMatchObject({ data: { differs: true } });
  });

  it('is a retry of its sender when the first one was cut off', async () => {
    const registration = { ...aRegistration(), attachments: [aFile('Lageplan_1.pdf', 'x'), aLargeFile('b.bin', 200_000)] };
    expect(await hub.forms().sendTruncated(registration, 0.9)).toMatchObject({ kind: 'cut' });
    expectAccepted(await hub.forms().send(registration));
  });

  it('keeps its files when the database does not say whether it was stored', async () => {
    const registration = aRegistration(2);
    const { database } = hub.hub.house;
    const query = database.query.bind(database);
    const spy = jest.spyOn(database, 'query').mockImplementation(async (...parameters: Parameters<typeof query>) => {
      const answer: unknown = await query(...parameters);
      if (parameters[0].includes('INSERT INTO application'))
        throw Object.assign(new Error(), { driverError: new Error('Connection terminated') });
      return answer;
    });
    try {
      expectRefusal(await hub.forms().send(registration), { status: 500, code: 'internal-error' });
    } finally {
      spy.mockRestore();
    }
    const { applicationId } = expectAccepted(await hub.forms().send(registration));
    const { attachments } = await hub.application(applicationId);
    expect(attachments).toHaveLength(4);
    for (const { id } of attachments) expect((await hub.bytesOf(id)).length).toBeGreaterThan(0);
  });
});

describe('an application nobody has a route for', () => {
  it('is accepted and parked where operators see it', async () => {
    const registration = aRegistration();
    const { control } = registration.formData;
    const unknown = { ...registration, formData: { ...registration.formData, control: { ...control, formId: 'Hundesteuer' } } };
    const { applicationId } = expectAccepted(await hub.forms().send(unknown));
    const [row] = await hub.query('SELECT progress, route, state FROM application WHERE id = $1', [applicationId]);
    expect(row).toEqual({ progress: 'parked', route: null, state: 'SUBMITTED' });
    expect((await hub.journal()).at(-1)).toMatchObject({ event: 'application.parked', data: { reason: 'no-route' } });
  });
});

describe('an application of an office', () => {
  it('goes to the municipality that the endpoint names for it', async () => {
    const { applicationId } = expectAccepted(await hub.forms('verbund').send(aRegistration()));
    expect(await hub.application(applicationId)).toMatchObject({ tenant: '057110000001', origin: { authorityId: '100001' } });
  });
});

describe('files', () => {
  it.each(['utf8', 'rfc8187'] as const)('with odd names (%s) arrive complete, under safe and distinct names', async (fileNames) => {
    const { applicationId } = expectAccepted(await hub.forms('formulare', { fileNames }).sendSpoilt(aRegistration(), 'oddFileNames'));
    const odd = (await hub.application(applicationId)).attachments.slice(-ODD_FILE_NAMES.length);
    expect(odd.map(({ name }) => name)).toEqual([
      'Straße Übergrößenträger.pdf',
      'Straße Übergrößenträger (2).pdf',
      'Grundriss Erdgeschoss Testzeichen; & .pdf',
      'passwd',
      'Lageplan.pdf',
      'ZeileZweifdp.exe',
      'weichtrennung.pdf',
      // The one name that nobody can tell apart from an escaped one.
      '"quoted" \'name\' ".pdf',
      '😀.pdf',
      'unbenannt',
      `${'ä'.repeat(125)}.pdf`,
    ]);
    for (const [index, { id }] of odd.entries()) expect(String(await hub.bytesOf(id))).toBe(`content of ${ODD_FILE_NAMES[index] ?? ''}`);
    // The original is kept as it was sent, but for what PostgreSQL cannot hold.
    expect(odd[1]?.originalName).toBe(ODD_FILE_NAMES[1]);
    expect(odd[5]?.originalName).toBe(ODD_FILE_NAMES[5]?.replace('\u0000', '\ufffd'));
  });

  it('with odd names in signed JSON arrive complete', async () => {
    const { applicationId } = expectAccepted(await hub.portal().sendSpoilt(anEvent(), 'oddFileNames'));
    const odd = (await hub.application(applicationId)).attachments.slice(-ODD_FILE_NAMES.length);
    expect(odd.map(({ originalName }) => originalName)).toEqual(ODD_FILE_NAMES.map((name) => name.replace('\u0000', '\ufffd')));
    for (const [index, { id }] of odd.entries()) expect(String(await hub.bytesOf(id))).toBe(ODD_FILE_NAMES[index]);
  });

  it.each([
    ['backslashes of an old browser', 'filename="C:\\Users\\erika\\Plan.pdf"', 'C:\\Users\\erika\\Plan.pdf', 'Plan.pdf'],
    ['an escaped quote', 'filename="Plan \\"neu\\".pdf"', 'Plan "neu".pdf', 'Plan "neu".pdf'],
    ['no quotes', 'filename=Plan.pdf', 'Plan.pdf', 'Plan.pdf'],
    ['RFC 8187 first', 'filename*=utf-8\'de\'%C3%9Cbersicht%3B.pdf; filename="_bersicht_.pdf"', 'Übersicht;.pdf', 'Übersicht;.pdf'],
    ['RFC 8187 in Latin-1', 'filename="x.pdf"; filename*=iso-8859-1\'\'%DCbersicht.pdf', 'Übersicht.pdf', 'Übersicht.pdf'],
    ['RFC 8187 that is broken', 'filename="Plan.pdf"; filename*=UTF-8\'\'%ZZ', 'Plan.pdf', 'Plan.pdf'],
    ['a percent sign that escapes nothing', 'filename="100%25 Plan%2Falt.pdf"', '100%25 Plan%2Falt.pdf', '100%25 Plan%2Falt.pdf'],
    ['nothing but a path', 'filename="../../"', '../../', 'unbenannt'],
  ])('named with %s get the name that was meant', async (_what, parameter, original, name) => {
    const part = { head: [`Content-Disposition: form-data; name="attachment"; ${parameter}`], body: 'a' };
    const { applicationId } = expectAccepted(await sendParts(hub, multipartBytes([dataOf(aRegistration(0)), part])));
    expect((await hub.application(applicationId)).attachments).toMatchObject([{ originalName: original, name }]);
  });

  it('named in Windows-1252 get the name that was meant', async () => {
    const head = [Buffer.from('Content-Disposition: form-data; name="attachment"; filename="\xdcbersicht \x80.pdf"', 'latin1')];
    const { applicationId } = expectAccepted(await sendParts(hub, multipartBytes([dataOf(aRegistration(0)), { head, body: 'a' }])));
    expect((await hub.application(applicationId)).attachments).toMatchObject([{ name: 'Übersicht €.pdf' }]);
  });

  it('of equal names, empty ones, and ones that look like the boundary all arrive', async () => {
    const contents = ['eins', 'zwei', '', '--grenze-zwischen-teile', '\r\n--grenze\r\n\r\n--', '\r\n', '\r\n\r\n-'];
    const parts = contents.map((content) => file('attachment', 'scan.pdf', content));
    const { applicationId } = expectAccepted(await sendParts(hub, multipartBytes([dataOf(aRegistration(0)), ...parts])));
    const { attachments } = await hub.application(applicationId);
    expect(attachments.map(({ name }) => name)).toEqual(['scan.pdf', ...[2, 3, 4, 5, 6, 7].map((n) => `scan (${n}).pdf`)]);
    for (const [index, { id }] of attachments.entries()) expect(String(await hub.bytesOf(id))).toBe(contents[index]);
  });

  it('keep their order though small ones are stored faster than large ones', async () => {
    const sizes = [200_000, 1, 150_000, 2, 3, 100_000, 4];
    const attachments = sizes.map((size, index) => aLargeFile(`${index}.bin`, size, index));
    const { applicationId } = expectAccepted(await hub.forms().send({ ...aRegistration(0), attachments }));
    const stored = (await hub.application(applicationId)).attachments.slice(1);
    expect(stored.map((attachment) => (attachment.state === 'stored' ? attachment.size : -1))).toEqual(sizes);
  });

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('and fields in parts called %s are kept', async (name) => {
    const parts = [dataOf(aRegistration(0)), file(name, 'a.pdf', 'a'), field(name, 'Wert')];
    const { applicationId } = expectAccepted(await sendParts(hub, multipartBytes(parts)));
    const { attachments, unmapped } = await hub.application(applicationId);
    expect(attachments).toMatchObject([{ name: 'a.pdf' }]);
    expect(unmapped).toEqual(expect.arrayContaining([{ path: `/parts/${name}`, value: 'Wert' }]));
    expect(Object.hasOwn(Object.prototype, 'Wert')).toBe(false);
  });
});

describe('texts', () => {
  it('that PostgreSQL cannot hold do not stop an application', async () => {
    const answers = { notiz: 'a\u0000b', haelfte: 'x\ud83d', 'schl\u0000uessel': '\\u0000 bleibt', rest: 'ä'.repeat(10) };
    const { applicationId } = expectAccepted(await hub.portal().send(anEvent({ answers, 'mehr\u0000': ['\udc00'] })));
    const { form, unmapped } = await hub.application(applicationId);
    expect(valueOf(form, 'notiz')).toBe('a\ufffdb');
    expect(valueOf(form, 'haelfte')).toBe('x\ufffd');
    expect(valueOf(form, 'schl\ufffduessel')).toBe('\\u0000 bleibt');
    expect(JSON.stringify(unmapped)).toContain('\ufffd');
  });

  it.each(['__proto__', 'constructor', 'toString'])('and fields called %s are kept as fields', async (name) => {
    const registration = aRegistration(0);
    const item = { name, label: name, stringValue: 'Wert' };
    const formData = { ...registration.formData, formData: [...registration.formData.formData, item] };
    const { applicationId } = expectAccepted(await hub.forms().send({ ...registration, formData }));
    expect((await hub.application(applicationId)).form.at(-1)).toMatchObject({ name, value: 'Wert' });
  });
});
