// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import type { PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { audit } from './launch/audit.js';
import { Town } from './town.js';

type Event = Parameters<PortalSimulator['cases']['take']>[1];
type PaymentRequest = Parameters<Town['payment']['books']['open']>[0];

const fixture = (adapter: string, name: string): unknown =>
  JSON.parse(readFileSync(`libs/adapters/${adapter}/fixtures/${name}.json`, 'utf8')) as unknown;
const event = fixture('status-webhook', 'state-changed') as Event;
const request = fixture('payment-xbezahldienste', 'payment-request') as PaymentRequest;
/** The application of both fixtures. */
const sent = { id: event.data.applicationId, reference: event.data.reference, sha512: [] };

describe("the town's own books", () => {
  let town: Town;
  beforeEach(async () => {
    town = await Town.start();
    town.portal.cases.take('message-1', event);
  });
  afterEach(() => town.stop());

  /** A citizen's payment under this request id. */
  const payAs = (requestId: string): void => town.payment.pay(town.payment.books.open({ ...request, requestId }).transactionId);
  /** A Vorgang of the fixture's application under this key. */
  const fileAs = (amtsboteKey: string): void => {
    const { repository } = town.dms;
    const properties = { displayname: 'Gewerbeanmeldung', amtsboteKey, vorgangsnummer: sent.reference };
    const akte = { displayname: 'Akte', aktenschluessel: `GEW-${amtsboteKey}` };
    const named = (values: Record<string, string>): { name: string; value: string }[] =>
      Object.entries(values).map(([name, value]) => ({ name, value }));
    const cabinet = repository.byPath('/Gewerbeamt/Akten').key;
    const { key } = repository.create({ objectclass: 'Akte', parentResourceKey: cabinet, properties: named(akte) });
    repository.create({ objectclass: 'Vorgang', parentResourceKey: key, properties: named(properties) });
  };

  it('show nothing doubled when everything happened once', () => {
    payAs('request-1');
    fileAs('key-1');
    expect(town.duplicateEffects()).toBe(0);
  });

  it('do not count a webhook that merely arrived again', () => {
    town.portal.cases.take('message-1', event);
    expect(town.portal.cases.doubles).toBe(1);
    expect(town.duplicateEffects()).toBe(0);
  });

  it('count an update that the citizen sees twice', () => {
    town.portal.cases.take('message-2', event);
    expect(town.duplicateEffects()).toBe(1);
  });

  it('count a citizen who paid twice for one application, under two request ids', () => {
    payAs('request-1');
    payAs('request-2');
    expect(town.duplicateEffects()).toBe(1);
  });

  it('count a payment opened twice for one request', () => {
    town.payment.books.open(request);
    town.payment.books.open(request);
    expect(town.duplicateEffects()).toBe(1);
  });

  it('count a second Vorgang of one application, whatever its key', () => {
    fileAs('key-1');
    fileAs('key-2');
    expect(town.duplicateEffects()).toBe(1);
  });

  describe('compared with what was promised', () => {
    const booked = {
      ...sent,
      state: 'COMPLETED',
      receivedAt: new Date(0),
      isPaid: true,
      isFiled: true,
      isCollected: true,
      isDecided: true,
    };

    it('call an accepted application lost that the hub does not know', () => {
      expect(audit([sent], [], town)).toMatchObject({ received: 1, completed: 0, lost: 1, parked: 0 });
    });

    it('call a finished application lost that did not arrive everywhere', () => {
      const { lost, completed, findings } = audit([sent], [{ ...booked, progress: 'finished' }], town);
      expect({ lost, completed }).toEqual({ lost: 1, completed: 0 });
      expect(findings.map((line) => line.replace(`${sent.reference}: `, ''))).toEqual([
        'the portal saw ACTION_REQUIRED',
        'the portal did not collect the decision, or it differs from what was announced',
        'the payment provider has no payment',
        'the Fachverfahren took it 0 times',
        'the DMS has no Vorgang',
      ]);
    });

    it('call a parked application parked, not lost', () => {
      expect(audit([sent], [{ ...booked, progress: 'parked' }], town)).toMatchObject({ completed: 0, lost: 0, parked: 1 });
    });
  });
});
