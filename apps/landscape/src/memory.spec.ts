// SPDX-License-Identifier: EUPL-1.2
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TownMemory } from './memory.js';
import { Town } from './town.js';

const fixture = (adapter: string, name: string): unknown =>
  JSON.parse(readFileSync(`libs/adapters/${adapter}/fixtures/${name}.json`, 'utf8')) as unknown;
const event = fixture('status-webhook', 'state-changed') as Parameters<PortalSimulator['cases']['take']>[1];
const request = fixture('payment-xbezahldienste', 'payment-request') as Parameters<Town['payment']['books']['open']>[0];

describe('a town that remembers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'amtsbote-memory-'));
  const file = join(directory, 'books.jsonl');
  afterAll(() => rmSync(directory, { recursive: true }));
  const start = (): Promise<Town> => Town.start({ memory: new TownMemory(file) });
  let town: Town;
  beforeEach(async () => {
    town = await start();
  });
  afterEach(async () => {
    await town.stop();
    rmSync(file, { force: true });
  });
  const restart = async (): Promise<void> => {
    await town.stop();
    town = await start();
  };

  it('still has its payments, under the same numbers and counts', async () => {
    const first = town.payment.books.open(request);
    town.payment.pay(first.transactionId);
    await restart();
    expect(town.payment.books.get(first.transactionId)).toEqual(first);
    expect(town.payment.books.paidFor(request.requestId)).toBe(1);
    expect(town.payment.books.open({ ...request, requestId: 'another' }).transactionId).not.toBe(first.transactionId);
  });

  it('still has what was filed, under the same keys, with versions', async () => {
    const { repository } = town.dms;
    const create = (objectclass: string, parentResourceKey: string, values: Record<string, string>, content?: string): string =>
      repository.create({
        objectclass,
        parentResourceKey,
        properties: Object.entries(values).map(([name, value]) => ({ name, value })),
        ...(content === undefined ? {} : { content: { contentType: 'text/plain', items: [item(content)] } }),
      }).key;
    const item = (sha512: string) => ({ name: 'i', displayName: 'Antrag.txt', contentType: 'text/plain', length: 3, sha512 });
    const akte = create('Akte', repository.byPath('/Gewerbeamt/Akten').key, { displayname: 'Akte', aktenschluessel: 'GEW-1' });
    const vorgang = create('Vorgang', akte, { displayname: 'Vorgang', amtsboteKey: 'a' });
    const document = create('Dokument', vorgang, { displayname: 'Antrag.txt', amtsboteKey: 'b' }, 'first');
    repository.replaceItem(document, 0, { contentType: 'text/plain', length: 4, sha512: 'second' });
    const before = { contents: town.dms.contents().akten, books: town.dms.books() };
    await restart();
    expect({ contents: town.dms.contents().akten, books: town.dms.books() }).toEqual(before);
    expect(town.dms.repository.get(document).versions).toHaveLength(2);
  });

  it('still knows what the portal has seen, and drops what arrives again', async () => {
    town.portal.cases.take('message-1', event);
    town.portal.cases.collected(event.data.applicationId, [{ name: 'Bescheid.pdf', result: 'collected' }]);
    const before = town.portal.cases.all();
    await restart();
    expect(town.portal.cases.all()).toEqual(before);
    expect(town.portal.cases.take('message-1', event)).toBe(false);
  });

  it('still has the register of the Fachverfahren, each case as it was last', async () => {
    const known = {
      applicationId: 'a',
      reference: 'r',
      attachments: 1,
      taken: 1,
      itemId: 'i',
      leaseId: 'l',
      acknowledged: false,
      decided: false,
    };
    const memory = new TownMemory(file);
    memory.enter(known);
    memory.enter({ ...known, acknowledged: true });
    await restart();
    expect([...town.openOffice('http://127.0.0.1:1').cases.values()]).toEqual([{ ...known, acknowledged: true }]);
  });

  it('gets over a last line that was cut in the middle', async () => {
    const { transactionId } = town.payment.books.open(request);
    appendFileSync(file, '{"payment":{"transac');
    await restart();
    town.payment.pay(transactionId);
    await restart();
    expect(town.payment.books.get(transactionId).status).toBe('PAYED');
  });

  it('lets citizens pay after the restart what they had not paid before it', async () => {
    const { transactionId } = town.payment.books.open(request);
    await restart();
    await town.catchUp();
    expect(town.payment.books.get(transactionId).status).toBe('PAYED');
  });
});
