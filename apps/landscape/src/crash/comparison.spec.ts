// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import type { PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { FachverfahrenSimulator } from '../fachverfahren.js';
import { Town } from '../town.js';
import { compareBooks, type Comparison, type ThreeBooks } from './comparison.js';
import type { HubApplication } from './hub-view.js';
import type { SentSubmission } from './senders.js';
import { objections, storyOf } from './verdict.js';

type Event = Parameters<PortalSimulator['cases']['take']>[1];
type PaymentRequest = Parameters<Town['payment']['books']['open']>[0];

const fixture = (adapter: string, name: string): unknown =>
  JSON.parse(readFileSync(`libs/adapters/${adapter}/fixtures/${name}.json`, 'utf8')) as unknown;
const { data } = fixture('status-webhook', 'state-changed') as Event;
const event = (more: Partial<Event['data']>): Event => ({
  ...(fixture('status-webhook', 'state-changed') as Event),
  data: {
    applicationId: data.applicationId,
    reference: data.reference,
    submissionId: 's-1',
    tenant: data.tenant,
    sequence: 1,
    state: 'COMPLETED',
    ...more,
  },
});
const request = fixture('payment-xbezahldienste', 'payment-request') as PaymentRequest;
const compact = data.reference.replaceAll('-', '');
const named = (values: Record<string, string>): { name: string; value: string }[] =>
  Object.entries(values).map(([name, value]) => ({ name, value }));

describe('three books of one application', () => {
  let town: Town;
  beforeEach(async () => {
    town = await Town.start();
  });
  afterEach(() => town.stop());

  const sent = (more: Partial<SentSubmission> = {}): SentSubmission => ({
    submissionId: 's-1',
    sha512: [],
    requests: 1,
    promises: [{ applicationId: data.applicationId, reference: data.reference }],
    refusals: [],
    ...more,
  });
  const held = (more: Partial<HubApplication> = {}): HubApplication => ({
    id: data.applicationId,
    reference: data.reference,
    submissionId: 's-1',
    state: 'COMPLETED',
    progress: 'finished',
    receivedAt: '2026-01-31T10:00:00.000Z',
    route: 'gewerbeanmeldung',
    steps: [],
    doubts: 0,
    ...more,
  });
  /** Everything outside as it is after an application went all the way. */
  const everythingHappened = (): void => {
    town.portal.cases.take('message-1', event({}));
    town.portal.cases.collected(data.applicationId, [{ name: 'Bescheid.pdf', result: 'collected' }]);
    town.payment.pay(town.payment.books.open({ ...request, purpose: `Gebuehr ${compact}` }).transactionId);
    const { repository } = town.dms;
    const cabinet = repository.byPath('/Gewerbeamt/Akten').key;
    const akte = repository.create({
      objectclass: 'Akte',
      parentResourceKey: cabinet,
      properties: named({ displayname: 'A', aktenschluessel: 'A' }),
    });
    const properties = named({ displayname: 'V', amtsboteKey: 'V', vorgangsnummer: data.reference });
    const vorgang = repository.create({ objectclass: 'Vorgang', parentResourceKey: akte.key, properties });
    for (const decision of ['', 'Bescheid-']) {
      repository.create({
        objectclass: 'Dokument',
        parentResourceKey: vorgang.key,
        properties: named({ displayname: `${decision}Antrag.json`, amtsboteKey: `${decision}D` }),
        content: {
          contentType: 'application/json',
          items: [
            { name: 'a', displayName: `${decision}Antrag.json`, contentType: 'application/json', length: 1, sha512: `hash ${decision}` },
          ],
        },
      });
    }
    town.fachverfahren = new FachverfahrenSimulator({ queueUrl: '', token: '', pollMs: 1, limit: 1, decides: false });
    const { applicationId, reference } = data;
    town.fachverfahren.remember({
      applicationId,
      reference,
      attachments: 0,
      taken: 1,
      itemId: '',
      leaseId: '',
      acknowledged: true,
      decided: true,
    });
  };
  const compare = (books: Partial<ThreeBooks> = {}): Comparison =>
    compareBooks({ sent: [sent()], hub: [held()], deadLetters: [], town, ...books });
  const whatOf = ({ divergences }: Comparison): string[] => divergences.map(({ kind, what }) => `${kind}: ${what}`);

  it.each([
    ['lost', 'and the SFTP server does not have it', []],
    ['duplicated', 'arrived 2 times', [data.reference, data.reference]],
    ['unexpected', 'the SFTP server has K000-0000-0', [data.reference, 'K000-0000-0']],
  ])('agree on what was pushed, or it is %s', (kind, what, dropped) => {
    const application = held({ progress: 'parked', steps: [{ name: 'drop', state: 'done', failure: null }] });
    const divergences = (books: Partial<ThreeBooks>): readonly unknown[] =>
      compareBooks({ sent: [sent()], hub: [application], deadLetters: [], town, ...books }).divergences;
    const before = divergences({ dropped: [data.reference] });
    expect(divergences({ dropped }).filter((one) => !before.some((other) => JSON.stringify(other) === JSON.stringify(one)))).toEqual([
      expect.objectContaining({ kind, what: expect.stringContaining(what) as unknown }),
    ]);
  });

  it('agree when everything happened once', () => {
    everythingHappened();
    const comparison = compare();
    expect(comparison).toEqual({
      attempts: 1,
      acknowledged: 1,
      completed: 1,
      lost: 0,
      duplicated: 0,
      unexpected: 0,
      recovered: 0,
      inDoubt: 0,
      parked: 0,
      divergences: [],
    });
    expect(objections(comparison)).toEqual([]);
  });

  it('call lost what was acknowledged and the hub does not know', () => {
    expect(compare({ hub: [] })).toMatchObject({ lost: 1, completed: 0, divergences: [{ kind: 'lost' }] });
  });
  it('call lost what is finished in the hub and happened nowhere', () => {
    expect(whatOf(compare())).toEqual([
      expect.stringContaining('lost: ' + data.reference + " is finished in the hub's book, but the portal saw nothing"),
    ]);
  });
  it('call lost what got stuck, and name the step', () => {
    const stuck = held({ progress: 'flowing', state: 'SUBMITTED', steps: [{ name: 'file', state: 'running', failure: null }] });
    expect(whatOf(compare({ hub: [stuck] }))).toEqual([`lost: ${data.reference} got stuck: flowing, SUBMITTED, file is running`]);
  });
  it('call parked what waits for a person with a reason, and lost what waits without one', () => {
    const failure = { kind: 'refused' as const, code: 'dms/refused', message: 'no' };
    const parked = held({ progress: 'parked', steps: [{ name: 'file', state: 'parked', failure }] });
    expect(compare({ hub: [parked] })).toMatchObject({ parked: 1, lost: 0, divergences: [] });
    expect(compare({ hub: [held({ progress: 'parked' })] })).toMatchObject({ parked: 0, lost: 1 });
  });
  it('call recovered what was never acknowledged and is complete all the same', () => {
    everythingHappened();
    expect(compare({ sent: [sent({ promises: [] })] })).toMatchObject({ acknowledged: 0, completed: 1, recovered: 1, divergences: [] });
  });
  it('count what happened twice, and say to which application', () => {
    everythingHappened();
    town.portal.cases.take('message-2', event({}));
    expect(compare()).toMatchObject({
      duplicated: 1,
      divergences: expect.arrayContaining([expect.objectContaining({ kind: 'duplicated', application: held() })]),
    });
  });

  const STRANGE: [string, () => Partial<ThreeBooks>, string][] = [
    ['an application nobody sent', () => ({ hub: [held(), held({ id: 'x', reference: 'Y', submissionId: 's-2' })] }), 'nobody sent Y'],
    [
      'a promise under another id',
      () => ({ sent: [sent({ promises: [{ applicationId: 'other', reference: 'X' }] })] }),
      's-1 was promised as X',
    ],
    [
      'a valid submission that was refused',
      () => ({ sent: [sent({ refusals: ['answered with 400'] })] }),
      'a valid submission was answered with 400',
    ],
    [
      'a message that died',
      () => ({ deadLetters: [{ id: '1', type: 'filing.requested.v1', reason: 'x', applicationId: data.applicationId }] }),
      'a message filing.requested.v1',
    ],
    [
      'a case of the portal that the hub does not know',
      () => {
        town.portal.cases.take('message-3', event({ applicationId: 'stranger' }));
        return {};
      },
      'the portal knows stranger',
    ],
    [
      'updates out of order',
      () => {
        town.portal.cases.take('message-4', event({ sequence: 3 }));
        town.portal.cases.take('message-5', event({ sequence: 2 }));
        return {};
      },
      'out of order',
    ],
    [
      'an update that never came',
      () => {
        town.portal.cases.take('message-6', event({ sequence: 3 }));
        return {};
      },
      'the portal never got the updates 2',
    ],
    [
      'a payment of no application',
      () => {
        town.payment.books.open({ ...request, requestId: 'r-2', purpose: 'Gebuehr ZZZZZZZZZ' });
        return {};
      },
      'is of no application',
    ],
  ];
  it.each(STRANGE)('call unexpected %s', (_what, spoil, expected) => {
    everythingHappened();
    const comparison = compare(spoil());
    expect(comparison.unexpected).toBe(1);
    expect(whatOf(comparison)).toEqual([expect.stringContaining(expected)]);
    expect(objections(comparison)).toEqual(['unexpected: 1']);
  });
});

describe('the verdict', () => {
  const counts = {
    attempts: 100,
    acknowledged: 95,
    completed: 90,
    lost: 0,
    duplicated: 0,
    unexpected: 0,
    recovered: 1,
    inDoubt: 7,
    parked: 6,
  };

  it('is green when nothing is wrong and something was done', () => {
    expect(objections(counts)).toEqual([]);
  });
  it.each(['lost', 'duplicated', 'unexpected'] as const)('is red with one %s', (word) => {
    expect(objections({ ...counts, [word]: 1 })).toEqual([`${word}: 1`]);
  });
  it.each([
    ['nothing was sent', { attempts: 0, acknowledged: 0, completed: 0 }],
    ['everything was an error', { acknowledged: 0, completed: 0 }],
    ['hardly anything was acknowledged', { acknowledged: 20, completed: 20 }],
    ['everything waits for a person', { completed: 0, parked: 95 }],
    ['most of it waits for a person', { completed: 40, parked: 55 }],
  ])('is red when %s', (_what, more) => {
    expect(objections({ ...counts, ...more })).not.toEqual([]);
  });

  it('tells the story of a divergence in order, with the deeds around it and without those long before', () => {
    const at = (second: number): Date => new Date(Date.parse('2026-01-31T10:00:00.000Z') + second * 1_000);
    const application = { id: 'id-1', reference: '7KQ4-M2XD-P', submissionId: 's-1' };
    const entries = [{ at: at(2).toISOString(), kind: 'journal' as const, event: 'step.done', step: 'file', data: {} }];
    const timeline = { application, entries } as unknown as Parameters<typeof storyOf>[1];
    const story = storyOf({ kind: 'lost', what: 'it is gone' }, timeline, [
      { at: at(-100), who: 'nemesis', what: 'long ago', about: [] },
      { at: at(1), who: 'nemesis', what: 'kill', about: [] },
      { at: at(3), who: 'payment', what: 'paid', about: ['Gebuehr 7KQ4M2XDP'] },
      { at: at(3), who: 'portal', what: 'of another', about: ['id-2'] },
    ]);
    expect(story).toEqual([
      'The first divergence, lost: it is gone',
      '  10:00:01.000  nemesis    kill',
      '  10:00:02.000  hub        step.done file {}',
      '  10:00:03.000  payment    paid',
    ]);
  });
});
