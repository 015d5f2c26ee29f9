// SPDX-License-Identifier: EUPL-1.2
import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { aRegistration, expectAccepted } from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

const GRANTED = { outcome: 'granted', text: 'Ihr Antrag ist genehmigt.' };

async function call(
  path: string,
  init: Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const headers = { authorization: `Bearer ${hub.environment['PICKUP_TOKEN'] ?? ''}`, ...init.headers };
  const answer = await fetch(`${hub.url}/pickup/gewerberegister${path}`, { ...init, headers });
  return { status: answer.status, type: answer.headers.get('content-type'), body: (await answer.json()) as Answer['body'] };
}

interface Polled {
  readonly items: readonly { readonly id: string; readonly applicationId: string; readonly leaseId: string }[];
  readonly next: string;
}

const poll = async (query: string): Promise<Polled> => (await call(query)).body as unknown as Polled;
const submit = async (): Promise<string> => expectAccepted(await hub.forms().send(aRegistration(0))).applicationId;

/** An application that the Fachverfahren has collected. @returns path of its item */
async function collected(): Promise<string> {
  const applicationId = await submit();
  const { items } = await poll('?limit=100');
  const item = items.find((candidate) => candidate.applicationId === applicationId);
  if (item === undefined) throw new Error('nothing to collect');
  const json = { 'content-type': 'application/json' };
  await call(`/${item.id}/ack`, { method: 'POST', headers: json, body: JSON.stringify({ leaseId: item.leaseId }) });
  return `/${item.id}`;
}

function decide(item: string, key: string, decision: object, bescheid?: string): Promise<Answer> {
  if (bescheid === undefined) {
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    return call(`${item}/decision`, { method: 'POST', headers, body: JSON.stringify(decision) });
  }
  const form = new FormData();
  form.set('decision', JSON.stringify(decision));
  form.set('bescheid', new Blob([bescheid], { type: 'application/pdf' }), 'Bescheid.pdf');
  return call(`${item}/decision`, { method: 'POST', headers: { 'idempotency-key': key }, body: form });
}

const decisions = async (): Promise<number> => (await hub.query('SELECT id FROM decision')).length;

describe('a Fachverfahren that polls with a cursor', () => {
  beforeEach(async () => {
    await poll('?limit=100');
  });

  it('is offered again what it collected and never acknowledged, although its cursor is past that', async () => {
    const applications = [await submit(), await submit()];
    const { items, next } = await poll('');
    expect(items.map(({ applicationId }) => applicationId)).toEqual(applications);
    await hub.query('UPDATE pickup_item SET lease_until = $1 WHERE id = $2', [new Date(0), items[0]?.id]);
    const again = await poll(`?cursor=${next}`);
    expect(again.items.map(({ applicationId }) => applicationId)).toEqual(applications.slice(0, 1));
    expect(again.next).toBe(next);
  });

  it('misses nothing that somebody held while it read on', async () => {
    const applications = [await submit(), await submit()];
    const next = await hub.hub.house.database.transaction(async (sql) => {
      await sql.query('SELECT 1 FROM pickup_item WHERE application_id = $1 FOR UPDATE', [applications[0]]);
      const read = await poll('');
      expect(read.items.map(({ applicationId }) => applicationId)).toEqual(applications.slice(1));
      return read.next;
    });
    const rest = await poll(`?cursor=${next}`);
    expect(rest.items.map(({ applicationId }) => applicationId)).toEqual(applications.slice(0, 1));
  });
});

describe('a decision under an Idempotency-Key', () => {
  it('gets the same answer when it is repeated, with its files too', async () => {
    const item = await collected();
    const first = await decide(item, 'key-1', GRANTED, '%PDF Bescheid');
    expect(first).toMatchObject({ status: 202, body: { decisionId: expect.any(String) } });
    const { files } = await hub.stored();
    await expect(decide(item, 'key-1', GRANTED, '%PDF Bescheid')).resolves.toEqual(first);
    expect((await hub.stored()).files).toEqual(files);
  });

  it.each([
    ['another outcome', { ...GRANTED, outcome: 'rejected' }, '%PDF Bescheid'],
    ['another text', { ...GRANTED, text: 'Ihr Antrag ist abgelehnt.' }, '%PDF Bescheid'],
    ['another date', { ...GRANTED, decidedAt: '2026-01-31T10:00:00.000Z' }, '%PDF Bescheid'],
    ['another document', GRANTED, '%PDF anderer Bescheid'],
    ['no document', GRANTED, undefined],
  ])('that was used for another one is refused instead of answered with the first (%s)', async (_what, decision, bescheid) => {
    const item = await collected();
    const first = await decide(item, 'key-2', GRANTED, '%PDF Bescheid');
    const [count, { files }] = [await decisions(), await hub.stored()];
    const answer = await decide(item, 'key-2', decision, bescheid);
    expect(answer).toMatchObject({ status: 422, type: expect.stringContaining('application/problem+json') });
    expect(answer.body).toMatchObject({ place: 'Idempotency-Key', decisionId: first.body['decisionId'] });
    expect(JSON.stringify(answer.body)).toContain('idempotency-key-reused');
    expect([await decisions(), (await hub.stored()).files]).toEqual([count, files]);
  });

  it('may be a correction under a new key', async () => {
    const item = await collected();
    const first = await decide(item, randomUUID(), GRANTED);
    const second = await decide(item, randomUUID(), { ...GRANTED, outcome: 'rejected' });
    expect(second.status).toBe(202);
    expect(second.body['decisionId']).not.toBe(first.body['decisionId']);
  });

  it('belongs to one application: the same key on another one is another decision', async () => {
    const answers = [
      await decide(await collected(), 'key-3', GRANTED),
      await decide(await collected(), 'key-3', { ...GRANTED, text: 'Ja.' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
  });
});
