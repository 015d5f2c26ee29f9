// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';

import { payAtOnce, PortalSimulator } from './portal.js';

interface Event {
  data: Record<string, unknown>;
}
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const event = (name: string): Event => JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')) as Event;

describe('the simulated portal', () => {
  let portal: PortalSimulator;
  let town: Server;
  let townUrl: string;
  /** What arrived at the payment page and the document store of the town. */
  let visits: string[];

  /** Signs with the reference library, not with the adapter. */
  const send = async (id: string, body: object, more: { at?: Date; secret?: string } = {}): Promise<number> => {
    const at = more.at ?? new Date();
    const text = JSON.stringify(body);
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': `v1,bm9uZQ== ${new Webhook(more.secret ?? secret).sign(id, at, text)}`,
    };
    return (await fetch(`${portal.url}/hook`, { method: 'POST', headers, body: text })).status;
  };
  const withData = (changes: object, name = 'state-changed.json'): Event => {
    const original = event(name);
    return { ...original, data: { ...original.data, ...changes } };
  };
  const inspect = async (): Promise<unknown> => (await fetch(`${portal.url}/_simulator/cases`)).json();

  beforeEach(async () => {
    visits = [];
    town = createServer((request, answer) => {
      visits.push(`${request.method ?? ''} ${request.url ?? ''}`);
      answer.statusCode = request.url?.startsWith('/documents') === true && request.headers.authorization !== 'Bearer portal' ? 401 : 200;
      answer.end('Bescheid');
    });
    await new Promise<void>((resolve) => town.listen(0, '127.0.0.1', resolve));
    townUrl = `http://127.0.0.1:${(town.address() as AddressInfo).port}`;
    portal = await new PortalSimulator({ secrets: [secret], documentCredential: 'portal', onPaymentLink: payAtOnce }).start();
  });
  afterEach(async () => {
    await portal.stop();
    town.closeAllConnections();
    await new Promise<void>((resolve) => town.close(() => resolve()));
  });

  it.each([
    ['another secret', { secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` }],
    ['an old time', { at: new Date(Date.now() - 301_000) }],
    ['a time to come', { at: new Date(Date.now() + 302_000) }],
  ])('turns away a webhook with %s', async (_, more) => {
    expect(await send('msg-1', event('state-changed.json'), more)).toBe(401);
    expect(await inspect()).toMatchObject({ rejected: 1, cases: [] });
  });

  it('turns away an event that is not the published one', async () => {
    expect(await send('msg-1', withData({ state: 'DONE' }))).toBe(400);
  });

  it('drops doubles and counts them', async () => {
    const statuses = [];
    for (let times = 0; times < 3; times += 1) statuses.push(await send('msg-1', withData({ payment: undefined })));
    expect(statuses).toEqual([204, 204, 204]);
    expect(portal.cases.arrivalsOf('msg-1')).toBe(3);
    expect(await inspect()).toMatchObject({ doubles: 2, cases: [{ states: [{ id: 'msg-1' }] }] });
  });

  it('shows gaps and wrong order', async () => {
    for (const sequence of [1, 4, 3]) await send(`msg-${sequence}`, withData({ sequence, payment: undefined }));
    expect(await inspect()).toMatchObject({ cases: [{ gaps: [2], isInOrder: false }] });
  });

  it('plays a citizen who pays once, although the link comes with two updates', async () => {
    const payment = { payUrl: `${townUrl}/pay/tx-1`, cents: 2_600, currency: 'EUR' };
    await send('msg-1', withData({ payment }));
    await send('msg-2', withData({ payment, sequence: 3 }));
    await portal.settled();
    expect(visits).toEqual(['POST /pay/tx-1?outcome=paid']);
    expect(portal.failures).toEqual([]);
  });

  it('collects the documents of a decision and checks them', async () => {
    const right = { name: 'a.pdf', mediaType: 'application/pdf', size: 8, sha512: createHash('sha512').update('Bescheid').digest('hex') };
    const documents = [
      { ...right, url: `${townUrl}/documents/1` },
      { ...right, name: 'b.pdf', sha512: '0'.repeat(128), url: `${townUrl}/documents/2` },
      { ...right, name: 'c.pdf', url: 'http://127.0.0.1:1/documents/3' },
    ];
    await send('msg-1', withData({ decision: { outcome: 'granted', text: '', documents } }, 'state-changed-decision.json'));
    await portal.settled();
    expect(portal.cases.all()[0]?.documents.map(({ result }) => result)).toEqual(['collected', 'differs', 'unreachable']);
  });

  it('tells what the citizen could not do', async () => {
    await send('msg-1', withData({ payment: { payUrl: 'http://127.0.0.1:1/pay', cents: 1, currency: 'EUR' } }));
    await portal.settled();
    expect(portal.failures).toHaveLength(1);
  });
});
