// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError, type FormsPullPort, IntakeRejection, type PullIntake, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { testEnvironment } from '@amtsbote/adapter-kit/testing';
import {
  aFitConnectSubmission,
  EXAMPLE_DESTINATION,
  exampleOptions,
  exampleSettings,
  FitConnectSender,
  FitConnectSimulator,
  type HeldSubmission,
  SET_SCHEMA,
  Shelf,
  signedToken,
  testKey,
  testKeyText,
  waitingFor,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { adapter } from './index.js';

const OTHER_DESTINATION = '19c8489b-29b8-422f-b7db-919852cfb04b';
const service = new FitConnectSimulator(exampleSettings([EXAMPLE_DESTINATION, OTHER_DESTINATION]));
const sender = new FitConnectSender(service);
const ACCEPTED = { id: '0192f0a0-0000-7000-8000-000000000001', reference: '7KQ4-M2XD-P', receivedAt: '2026-01-31T10:00:00.000Z' };
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

describe('a submission', () => {
  it('is listed, fetched, translated, accepted once, and then gone', async () => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(1));
    const page = await port.list(EXAMPLE_DESTINATION, null, signal);
    expect(page).toEqual({ waiting: [waitingFor(held)], next: null, cursor: null });
    const received = await fetched(port, held);
    const draft = port.translate(received);
    expect(draft).toMatchObject({
      submissionId: held.submissionId,
      formId: 'S00000121',
      formVersion: '1.0',
      serviceName: 'Gewerbeanmeldung',
      leikaKeys: ['99050012104000'],
      applicant: { kind: 'person', familyName: 'Müller-Lüdenscheidt 1', givenName: 'Öztürk', address: { city: 'Musterstadt' } },
    });
    expect(draft.attachments.map(({ name, purpose }) => ({ name, purpose }))).toEqual([
      { name: 'Antrag.pdf', purpose: 'representation' },
      { name: 'Meisterbrief größer.pdf', purpose: 'attachment' },
    ]);
    await port.acknowledge(waitingFor(held), ACCEPTED, signal);
    await port.acknowledge(waitingFor(held), ACCEPTED, signal);
    expect(held).toMatchObject({ state: 'accepted', events: { accept: 1, reject: 0 } });
    expect(await port.fetch(waitingFor(held), new Shelf(), signal)).toBe('gone');
    expect((await port.list(EXAMPLE_DESTINATION, null, signal)).waiting).toEqual([]);
  });

  it('comes as XML and with metadata of version 1 as well', async () => {
    const port = subscriber();
    const text = '<?xml version="1.0"?><a:antrag xmlns:a="urn:x"><nachname>Weiß</nachname><ort plz="1">Köln</ort></a:antrag>';
    const held = await sender.send(
      EXAMPLE_DESTINATION,
      aFitConnectSubmission(2, { metadataVersion: '1.3.7', data: { mimeType: 'application/xml', text } }),
    );
    const draft = port.translate(await fetched(port, held));
    expect(draft.applicant).toMatchObject({ familyName: 'Weiß' });
    expect(JSON.stringify(draft.form)).toContain('Köln');
  });

  it('in pieces is put together in their order', async () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 251));
    const attachments = [
      { name: 'Plan.bin', mediaType: 'application/octet-stream', purpose: 'attachment', content, fragmentBytes: 33_333 },
    ] as const;
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(3, { attachments }));
    const shelf = new Shelf();
    await fetched(subscriber(), held, shelf);
    expect(held.announced).toHaveLength(4);
    expect([...shelf.contents.values()]).toEqual([content]);
  });

  it('in a case that is known already names the one before it', async () => {
    const port = subscriber();
    const first = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(4));
    const second = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(5, { caseId: first.caseId }));
    expect(port.translate(await fetched(port, second)).relations).toEqual([{ kind: 'followUpOf', target: first.submissionId }]);
    expect(port.translate(await fetched(port, first)).relations).toEqual([]);
  });

  it('encrypted for the former key is decrypted while that is configured, and left when it is not any more', async () => {
    for (const destination of service.settings.destinations) destination.encryptionKid = testKey('encryption-old').kid;
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(6));
    expect(subscriber().translate(await fetched(subscriber(), held)).submissionId).toBe(held.submissionId);
    const failure = await failureOf(subscriber(destinations({ decryptionKeys: [testKeyText('encryption')] })), held);
    expect(failure).toMatchObject({ name: 'DeliveryError', kind: 'refused', code: 'forms-fit-connect/key-missing' });
    expect(held.state).toBe('submitted');
  });

  it('is fetched and accepted by version 2 as well', async () => {
    const port = subscriber({ apiVersion: 'v2' });
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(8));
    expect(port.translate(await fetched(port, held)).serviceName).toBe('Gewerbeanmeldung');
    await port.acknowledge(waitingFor(held), ACCEPTED, signal);
    expect(held.events).toEqual({ accept: 1, reject: 0 });
    expect(service.requests.slice(-3).every((line) => line.includes('/v2/'))).toBe(true);
  });

  it('of 60 MB in three pieces streams through: what was sent and is not stored yet stays small', async () => {
    const large = { name: 'Pläne.zip', mediaType: 'application/zip', purpose: 'attachment', bytes: 60_000_000, pieces: 3 } as const;
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(9, { attachments: [], large: [large] }));
    let [sent, stored, lagMax] = [0, 0, 0];
    for (const [id, content] of held.attachments) {
      if (typeof content !== 'function') throw new Error('is not streamed');
      held.attachments.set(id, async function* () {
        for await (const chunk of content()) {
          sent += chunk.length;
          yield chunk;
        }
      });
    }
    const intake: PullIntake = {
      receivedAt: new Date(),
      limits: { bodyBytesMax: 1_000_000, attachmentBytesMax: 100_000_000, attachmentsMax: 1, totalBytesMax: 100_000_000 },
      store: async (file, bytes) => {
        for await (const chunk of bytes as AsyncIterable<Buffer>) {
          stored += chunk.length;
          lagMax = Math.max(lagMax, (sent * 3) / 4 - stored);
        }
        return { ...file, id: 'blob', size: stored, sha512: '' };
      },
    };
    await subscriber().fetch(waitingFor(held), intake, signal);
    expect(stored).toBe(60_000_000);
    // What the sockets of one machine hold between them, and some pieces in the streams.
    expect(lagMax).toBeLessThan(16_000_000);
  });

  it('for another destination of the same client has its own list', async () => {
    const port = subscriber();
    expect(port.sources.map(({ name }) => name)).toEqual([EXAMPLE_DESTINATION, OTHER_DESTINATION]);
    const held = await sender.send(OTHER_DESTINATION, aFitConnectSubmission(7));
    expect((await port.list(EXAMPLE_DESTINATION, null, signal)).waiting).toEqual([]);
    expect((await port.list(OTHER_DESTINATION, null, signal)).waiting).toEqual([waitingFor(held)]);
  });
});

describe('a delivery service that does not cooperate', () => {
  it.each([
    ['throttled' as const, { kind: 'unavailable', retryAfterMs: 7_000 }],
    ['error500' as const, { kind: 'unavailable' }],
    ['garbage' as const, { kind: 'unavailable', code: 'forms-fit-connect/unreadable-answer' }],
    ['down' as const, { kind: 'unavailable' }],
    ['unauthorised' as const, { kind: 'misconfigured' }],
  ])('is %s', async (fault, failure) => {
    service.fail({ fault, match: /submissions/, retryAfterS: 7 });
    await expect(subscriber().list(EXAMPLE_DESTINATION, null, signal)).rejects.toMatchObject(failure);
  });

  it('gets a fresh token when it has forgotten the old one, and one for all calls', async () => {
    const port = subscriber();
    await Promise.all(Array.from({ length: 5 }, () => port.list(EXAMPLE_DESTINATION, null, signal)));
    const before = service.tokenRequests;
    service.forgetTokens();
    await port.list(EXAMPLE_DESTINATION, null, signal);
    expect(service.tokenRequests - before).toBe(1);
  });

  it('says in the log that it has an acceptance whose answer was lost: it is not sent again', async () => {
    const port = subscriber();
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(41));
    service.fail({ fault: 'answerLost', times: 1, match: /POST .*events/ });
    await expect(port.acknowledge(waitingFor(held), ACCEPTED, signal)).rejects.toMatchObject({ kind: 'unavailable' });
    await port.acknowledge(waitingFor(held), ACCEPTED, signal);
    expect(held.events).toEqual({ accept: 1, reject: 0 });
  });

  it('takes one acceptance of two processes at once', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(42));
    const ports = [subscriber(), subscriber()];
    await Promise.all(ports.map((port) => port.acknowledge(waitingFor(held), ACCEPTED, signal)));
    expect(held.events).toEqual({ accept: 1, reject: 0 });
  });

  it('does not hear an acceptance after it has deleted the submission itself', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(43));
    const iss = service.apiUrl;
    const events = { 'https://schema.fitko.de/fit-connect/events/delete-submission': {} };
    const claims = {
      $schema: SET_SCHEMA,
      jti: 'x',
      iss,
      iat: 1,
      sub: `submission:${held.submissionId}`,
      txn: `case:${held.caseId}`,
      events,
    };
    service.books.log(held.caseId).push(await signedToken(claims, testKey('service')));
    await subscriber().acknowledge(waitingFor(held), ACCEPTED, signal);
    expect(held.events).toEqual({ accept: 0, reject: 0 });
    expect(await subscriber().fetch(waitingFor(held), new Shelf(), signal)).toBe('gone');
  });

  it('takes so many requests and no more for a while: what is fetched is left and fetched again later', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(45));
    for (let left = 0; left < 3; left += 1) {
      service.requestsLeft = left;
      expect(await failureOf(subscriber(), held)).toMatchObject({
        kind: 'unavailable',
        code: 'forms-fit-connect/throttled',
        retryAfterMs: 3_000,
      });
    }
    service.requestsLeft = Number.POSITIVE_INFINITY;
    expect((await fetched(subscriber(), held)).files).toHaveLength(2);
  });

  it('cuts the line in the middle of an attachment: it is fetched again later, and nothing of it is kept', async () => {
    const held = await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(44));
    const [[id, content] = ['', Buffer.alloc(0)]] = held.attachments;
    held.attachments.set(id, async function* () {
      yield await Promise.resolve((content as Buffer).subarray(0, 1_000));
      throw new Error('the line is cut');
    });
    const shelf = new Shelf();
    expect(await failureOf(subscriber(), held, shelf)).toMatchObject({ kind: 'unavailable', code: 'forms-fit-connect/interrupted' });
    expect(shelf).toMatchObject({ discarded: 1, files: [] });
    held.attachments.set(id, content);
    expect((await fetched(subscriber(), held)).files).toHaveLength(2);
  });

  it('tells pages', async () => {
    const held: HeldSubmission[] = [];
    for (let number = 50; number < 55; number += 1)
      held.push(await sender.send(EXAMPLE_DESTINATION, aFitConnectSubmission(number, { attachments: [] })));
    const port = subscriber({ pageSize: 2 });
    const found: string[] = [];
    let from: string | null = null;
    do {
      const page = await port.list(EXAMPLE_DESTINATION, from, signal);
      found.push(...page.waiting.map(({ submissionId }) => submissionId));
      from = page.next;
    } while (from !== null);
    expect(found).toEqual(held.map(({ submissionId }) => submissionId));
  });
});

describe('operators', () => {
  it('see by the probe whether keys and destination are right', async () => {
    const report = await subscriber().probe(signal);
    expect(report.checks.filter(({ ok }) => !ok)).toEqual([]);
    const wrong = JSON.stringify({ ...testKey('encryption-old'), kid: testKey('encryption').kid });
    const bad = await subscriber(destinations({ decryptionKeys: [wrong] })).probe(signal);
    expect(bad.checks.filter(({ ok }) => !ok).map(({ detail }) => detail)).toContain('is not the published one');
    service.fail('down');
    expect(await subscriber().probe(signal)).toMatchObject({ ok: false });
  });

  it('get told which keys are none, and never a part of one', () => {
    const options = (changes: Record<string, unknown>) =>
      adapter.options.safeParse({ ...exampleOptions(service), ...destinations(changes) });
    const key = testKey('encryption');
    const spoilt: unknown[] = [
      'x',
      '{}',
      JSON.stringify({ ...key, d: undefined }),
      JSON.stringify({ ...key, alg: 'RSA1_5' }),
      JSON.stringify({ ...key, kid: 'kurz' }),
    ];
    for (const jwk of spoilt) {
      const read = options({ decryptionKeys: [jwk] });
      expect(read.success).toBe(false);
      expect(JSON.stringify(read.error?.issues)).not.toContain(String(key['d']).slice(0, 20));
    }
    expect(options({ signingKey: testKeyText('encryption') }).success).toBe(false);
    expect(options({}).success).toBe(true);
  });
});
