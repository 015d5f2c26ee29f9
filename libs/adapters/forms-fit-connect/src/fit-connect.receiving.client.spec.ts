// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type FormsPullPort, IntakeRejection, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { testEnvironment } from '@amtsbote/adapter-kit/testing';
import {
  aFitConnectSubmission,
  EXAMPLE_DESTINATION,
  exampleOptions,
  exampleSettings,
  FitConnectSender,
  FitConnectSimulator,
  type HeldSubmission,
  type SenderMischief,
  Shelf,
  signedToken,
  testKey,
  waitingFor,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { adapter } from './index.js';

const OTHER_DESTINATION = '19c8489b-29b8-422f-b7db-919852cfb04b';
const service = new FitConnectSimulator(exampleSettings([EXAMPLE_DESTINATION, OTHER_DESTINATION]));
const sender = new FitConnectSender(service);
const signal = new AbortController().signal;
const opened: FormsPullPort[] = [];

beforeAll(() => service.start());
afterAll(async () => {
  sender.close();
  await service.stop();
});
beforeEach(() => {
  service.heal();
  for (const destination of service.settings.destinations) destination.encryptionKid = testKey('encryption').kid;
  // What a test before left is not this one's.
  for (const held of service.books.all()) if (held.state === 'submitted') service.books.settle(held, 'deleted');
});
afterEach(async () => {
  for (const port of opened.splice(0)) await port.close();
});

function subscriber(changes: Record<string, unknown> = {}): FormsPullPort {
  const port = adapter.create(adapter.options.parse({ ...exampleOptions(service), ...changes }), testEnvironment()) as FormsPullPort;
  opened.push(port);
  return port;
}

/** The same destinations with other members. */
function destinations(changes: Record<string, unknown>): { destinations: unknown[] } {
  const all = exampleOptions(service)['destinations'] as Record<string, unknown>[];
  return { destinations: all.map((destination) => ({ ...destination, ...changes })) };
}

async function fetched(port: FormsPullPort, held: HeldSubmission, shelf = new Shelf()): Promise<ReceivedSubmission> {
  const received = await port.fetch(waitingFor(held), shelf, signal);
  if (received === 'gone') throw new Error('is gone');
  return received;
}

/** What fetching it fails with. */
async function failureOf(port: FormsPullPort, held: HeldSubmission, shelf = new Shelf()): Promise<IntakeRejection | DeliveryError> {
  try {
    const received = await fetched(port, held, shelf);
    port.translate(received);
  } catch (error) {
    if (error instanceof IntakeRejection || error instanceof DeliveryError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('what is the sender’s fault', () => {
  const of = (mischief: SenderMischief) => mischief;
  const changed = (
    change: (metadata: { contentStructure: { data: Record<string, unknown>; attachments: Record<string, unknown>[] } }) => unknown,
  ) => of({ metadata: change });
  const cases: [what: string, mischief: SenderMischief, problem: string][] = [
    ['another encryption', of({ header: { enc: 'A128GCM' } }), 'encryption-issue metadata'],
    ['another key management', of({ header: { alg: 'RSA-OAEP' } }), 'encryption-issue metadata'],
    ['data that were exchanged', of({ data: '{"nachname":"Anders"}' }), 'hash-mismatch data'],
    ['an attachment that was exchanged', of({ attachment: Buffer.from('anders') }), 'hash-mismatch attachment:'],
    ['metadata of a version that is not known', changed((m) => ({ ...m, $schema: META('3.0.0') })), 'unsupported-schema metadata'],
    ['metadata that are no metadata', changed(() => ({ $schema: META('2.1.0') })), 'schema-violation metadata'],
    ['metadata that are no object', changed(() => 'Text'), 'schema-violation metadata'],
    [
      'an attachment that is not described',
      changed((m) => ({ ...m, contentStructure: { ...m.contentStructure, attachments: m.contentStructure.attachments.slice(1) } })),
      'attachments-mismatch metadata',
    ],
    [
      'an attachment that is described twice',
      changed((m) => ({
        ...m,
        contentStructure: { ...m.contentStructure, attachments: [...m.contentStructure.attachments, ...m.contentStructure.attachments] },
      })),
      'attachments-mismatch metadata',
    ],
    [
      'data that are not described',
      changed((m) => ({ ...m, $schema: META('1.0.0'), contentStructure: { attachments: m.contentStructure.attachments } })),
      'schema-violation metadata',
    ],
  ];

  it.each(cases)('is rejected with the exact problem: %s', async (_what, mischief, problem) => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(10), mischief);
    const failure = await failureOf(port, held);
    if (!(failure instanceof IntakeRejection)) throw failure;
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('told');
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('told');
    expect(held).toMatchObject({ state: 'rejected', events: { accept: 0, reject: 1 } });
    expect(sender.problemsOf(held)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    ['unsupported-service submission', { serviceType: { identifier: 'urn:de:fim:leika:leistung:99010003001006', name: 'Bauantrag' } }],
    ['unsupported-data-schema metadata', { schemaUri: 'https://schema.fitko.de/fim/s99999999_1.0.schema.json' }],
    ['syntax-violation data', { data: { mimeType: 'application/json' as const, text: '{"nachname":' } }],
    ['syntax-violation data', { data: { mimeType: 'application/xml' as const, text: '<a><b></a>' } }],
  ])('is rejected as %s', async (problem, changes) => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(11, changes));
    const failure = await failureOf(port, held);
    if (!(failure instanceof IntakeRejection)) throw failure;
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('told');
    expect(sender.problemsOf(held)).toEqual([problem]);
  });

  it('is never told when the operator wants to look at it first', async () => {
    const port = subscriber({ reject: 'never' });
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(12), { data: '{}' });
    const failure = await failureOf(port, held);
    if (!(failure instanceof IntakeRejection)) throw failure;
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('kept');
    expect(held.state).toBe('submitted');
  });
});

function META(version: string): string {
  return `https://schema.fitko.de/fit-connect/metadata/${version}/metadata.schema.json`;
}

describe('what the delivery service hands out', () => {
  const spoilt = (jwe: string, segment: number, change: (text: string) => string): string =>
    jwe
      .split('.')
      .map((text, index) => (index === segment ? change(text) : text))
      .join('.');
  const otherTag = (text: string): string => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);

  it('with other tags than the event log names is rejected', async () => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(20));
    held.encryptedData = spoilt(held.encryptedData ?? '', 4, otherTag);
    expect(await failureOf(port, held)).toMatchObject({ code: 'incorrect-authentication-tag', place: 'data' });
  });

  it('with another content than its tag was made of is rejected, for attachments only after the last byte, and nothing of it is kept', async () => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(21));
    const [[id, content] = ['', Buffer.alloc(0)]] = held.attachments;
    held.attachments.set(id, Buffer.from(spoilt(String(content), 3, otherTag), 'latin1'));
    const shelf = new Shelf();
    expect(await failureOf(port, held, shelf)).toMatchObject({ code: 'encryption-issue', place: `attachment:${id}` });
    expect(shelf).toMatchObject({ discarded: 1, files: [] });
  });

  it.each([
    ['the metadata', (held: HeldSubmission) => void (held.encryptedMetadata = held.encryptedMetadata?.slice(0, -30) ?? '')],
    [
      'an attachment',
      (held: HeldSubmission) => {
        const [[id, content] = ['', Buffer.alloc(0)]] = held.attachments;
        held.attachments.set(id, (content as Buffer).subarray(0, 900));
      },
    ],
    ['an attachment that is not there', (held: HeldSubmission) => held.attachments.clear()],
  ])('cut off is left, because that is nobody’s word: %s', async (_what, cut) => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(22));
    cut(held);
    expect(await failureOf(subscriber(), held)).toMatchObject({ kind: 'refused', code: 'forms-fit-connect/content-incomplete' });
  });

  it('with a key of ours that is not the published one is left: every submission would be rejected', async () => {
    const wrong = JSON.stringify({ ...testKey('encryption-old'), kid: testKey('encryption').kid });
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(23));
    const failure = await failureOf(subscriber(destinations({ decryptionKeys: [wrong] })), held);
    expect(failure).toMatchObject({ kind: 'refused', code: 'forms-fit-connect/key-differs' });
  });

  it('compressed is left: it could become any size', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(28), { header: { zip: 'DEF' } });
    expect(await failureOf(subscriber(), held)).toMatchObject({ kind: 'refused', code: 'forms-fit-connect/content-compressed' });
  });

  it.each([
    ['service', [{ identifier: 'urn:de:fim:leika:leistung:99010003001006', schemas: ['x'] }]],
    ['data schema', [{ identifier: 'urn:de:fim:leika:leistung:99050012104000', schemas: ['x'] }]],
  ])('is left when the destination offers the %s and our configuration does not know it', async (_what, services) => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(29));
    const failure = await failureOf(subscriber(destinations({ services })), held);
    expect(failure).toMatchObject({ kind: 'refused', code: 'forms-fit-connect/service-not-configured' });
  });

  it('as another submission than was asked for is left', async () => {
    const [one, two] = [
      await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(24)),
      await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(25)),
    ];
    const waiting = { ...waitingFor(one), handle: { ...(waitingFor(one).handle as object), caseId: two.caseId } };
    await expect(subscriber().fetch(waiting, new Shelf(), signal)).rejects.toMatchObject({ code: 'forms-fit-connect/other-submission' });
  });

  it.each([
    ['unsigned', async () => 'eyJhbGciOiJub25lIn0.e30.'],
    ['signed by a destination', async (claims: object) => signedToken({ ...claims, iss: EXAMPLE_DESTINATION }, testKey('signing'))],
    [
      'signed by another key than the named',
      async (claims: object) => signedToken(claims, { ...testKey('signing'), kid: testKey('service').kid }),
    ],
    ['with an algorithm that is not allowed', async (claims: object) => signedToken(claims, testKey('service'), { alg: 'RS256' })],
    ['with another type', async (claims: object) => signedToken(claims, testKey('service'), { typ: 'JWT' })],
    [
      'of an issuer that is not known',
      async (claims: object) => signedToken({ ...claims, iss: 'https://angreifer.example.org' }, testKey('service')),
    ],
  ])('with a log whose token is %s is left', async (_what, forge) => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(26));
    const log = service.books.log(held.caseId);
    const claims = JSON.parse(Buffer.from(log[1]?.split('.')[1] ?? '', 'base64url').toString()) as object;
    log[1] = await forge(claims);
    expect(await failureOf(subscriber(), held)).toMatchObject({ kind: 'refused', code: 'forms-fit-connect/not-verifiable' });
    expect(held.state).toBe('submitted');
  });

  it('without tags in the event log is rejected', async () => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(27));
    const log = service.books.log(held.caseId);
    const claims = JSON.parse(Buffer.from(log[1]?.split('.')[1] ?? '', 'base64url').toString()) as object;
    log[1] = await signedToken(
      { ...claims, events: { 'https://schema.fitko.de/fit-connect/events/submit-submission': {} } },
      testKey('service'),
    );
    const failure = await failureOf(port, held);
    expect(failure).toMatchObject({ code: 'missing-authentication-tags', place: 'submission' });
  });
});

describe('what is beyond our limits', () => {
  it('is left when the disk is full: the failure is ours, and passed on as it is', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(33));
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const shelf = new Shelf();
    shelf.store = () => Promise.reject(full);
    await expect(fetched(subscriber(), held, shelf)).rejects.toBe(full);
    expect(held.state).toBe('submitted');
  });

  it.each([
    ['data', { bodyBytesMax: 100 }, 'too-large'],
    ['files together', { totalBytesMax: 1_000 }, 'too-large'],
    ['attachments', { attachmentsMax: 1 }, 'too-many-attachments'],
  ])('is left, and no problem of the sender: %s', async (_what, limits, code) => {
    const port = subscriber();
    const held = await sender.send(
      EXAMPLE_DESTINATION,
      aFitConnectSubmission(30, { data: { mimeType: 'application/json', text: JSON.stringify({ a: 'x'.repeat(40_000) }) } }),
    );
    const shelf = new Shelf();
    Object.assign(shelf.limits, limits);
    const failure = await failureOf(port, held, shelf);
    if (!(failure instanceof IntakeRejection)) throw failure;
    expect(failure).toMatchObject({ kind: 'tooLarge', code });
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('kept');
    expect(held.state).toBe('submitted');
  });

  it('is left: metadata of any size', async () => {
    const port = subscriber();
    const huge = { metadata: (metadata: object) => ({ ...metadata, author: { name: 'x'.repeat(2_000_000) } }) };
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(34), huge);
    const failure = await failureOf(port, held);
    expect(failure).toMatchObject({ kind: 'tooLarge', code: 'too-large', place: 'metadata' });
    expect(await port.refuse(waitingFor(held), failure as IntakeRejection, signal)).toBe('kept');
  });

  it.each([
    ['doubled members', '{"a":1,"a":2}'],
    ['more levels than a form has', `${'{"a":'.repeat(50)}1${'}'.repeat(50)}`],
  ])('is left when it is JSON and no form: %s', async (_what, text) => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(31, { data: { mimeType: 'application/json', text } }));
    const failure = await failureOf(port, held);
    if (!(failure instanceof IntakeRejection)) throw failure;
    expect(await port.refuse(waitingFor(held), failure, signal)).toBe('kept');
  });

  it('is left: XML with a document type, which is no violation of the syntax', async () => {
    const port = subscriber();
    const text = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>';
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(32, { data: { mimeType: 'application/xml', text } }));
    const failure = await failureOf(port, held);
    expect(failure).toMatchObject({ code: 'document-type' });
    expect(await port.refuse(waitingFor(held), failure as IntakeRejection, signal)).toBe('kept');
  });
});
