// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort } from '@amtsbote/adapter-kit';
import { dmsOutboxContract, type DmsOutboxTarget, type Fault, type PlacedAnswer } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-webdav';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { FaultProxy } from '../support/real/fault-proxy.js';
import { APACHE_BASE, RealApache } from '../support/real/real-apache.js';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
/** Longer than any test waits. */
const HANGS_MS = 5_000;
let apache: RealApache;

beforeAll(async () => {
  apache = await RealApache.start();
}, 120_000);
afterAll(async () => {
  await apache.remove();
}, 60_000);

/** What a clerk's file manager does. */
async function dav(method: string, path: string, body?: Buffer): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${apache.username}:${apache.password}`).toString('base64')}`;
  const url = apache.url + path.split('/').map(encodeURIComponent).join('/');
  const answer = await fetch(url, { method, headers: { authorization }, ...(body === undefined ? {} : { body: new Uint8Array(body) }) });
  await answer.arrayBuffer();
  return answer.status;
}
async function place(vorgangId: string, { fileName, bytes, mark }: PlacedAnswer): Promise<void> {
  const folder = [vorgangId, 'Ausgang', ...(mark === undefined ? [] : [mark])];
  for (let depth = 2; depth <= folder.length; depth += 1) await dav('MKCOL', `${folder.slice(0, depth).join('/')}/`);
  expect([201, 204]).toContain(await dav('PUT', `${folder.join('/')}/${fileName}`, bytes));
}
async function filesIn(folder: string): Promise<string[]> {
  const wanted = folder.slice(APACHE_BASE.length + 1);
  const entries = await apache.entries();
  return entries
    .filter(({ segments, entry }) => entry !== 'folder' && segments.slice(0, -1).join('/') === wanted)
    .map(({ segments }) => segments.at(-1) ?? '');
}
const optionsAt = (url: string, outbox: object): unknown =>
  adapter.options.parse({
    baseUrl: url + APACHE_BASE,
    username: apache.username,
    password: apache.password,
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    outbox,
  });
const portAt = (url: string, outbox: object): DmsOutboxPort =>
  adapter.create(optionsAt(url, outbox) as never, environment) as DmsOutboxPort;

async function start(takenTo: string | null): Promise<DmsOutboxTarget> {
  await apache.emptied();
  const proxy = await new FaultProxy(apache.url).start();
  return {
    port: () => portAt(proxy.url, { takenTo, quietMs: 0 }),
    placeAnswer: place,
    withdrawAnswer: async (vorgangId, fileName) => {
      await dav('DELETE', `${vorgangId}/Ausgang/${fileName}`);
    },
    answerBooks: async (vorgangId) => ({
      waiting: await filesIn(`${vorgangId}/Ausgang`),
      taken: await filesIn(`${vorgangId}/Ausgang/Erledigt`),
    }),
    changes: () => apache.changes(),
    misbehave: (fault, at) => {
      const rule = { fault: fault === 'hangs' ? 'slow' : (fault as Fault), slowMs: HANGS_MS, retryAfterS: 2 };
      proxy.fail(at === undefined ? rule : { ...rule, times: 1, match: /^MOVE / });
    },
    heal: () => proxy.heal(),
    stop: () => proxy.stop(),
  };
}

const secrets = ['dav-secret-1', Buffer.from('amtsbote:dav-secret-1').toString('base64')];
const fixture = { adapter: 'dms-webdav', mark: 'bewilligt', secrets };
dmsOutboxContract({ ...fixture, outbox: { begins: 'atStart', acknowledges: 'inDms' }, start: () => start('Erledigt') });
dmsOutboxContract({ ...fixture, outbox: { begins: 'atStart', acknowledges: 'remembered' }, start: () => start(null) });

describe('an outbox on Debian’s Apache', () => {
  it('keeps a file to itself for as long as it may still be written to, by the clock of the server', async () => {
    await apache.emptied();
    const vorgang = `${APACHE_BASE}/Akte/Vorgang`;
    await dav('MKCOL', `${APACHE_BASE}/Akte/`);
    await dav('MKCOL', `${vorgang}/`);
    await place(vorgang, { fileName: 'Bescheid.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF') });
    const [patient, hasty] = [portAt(apache.url, { quietMs: 3_600_000 }), portAt(apache.url, { quietMs: 0 })];
    const signal = AbortSignal.timeout(30_000);
    expect((await patient.list(null, signal)).waiting).toEqual([]);
    expect((await hasty.list(null, signal)).waiting).toMatchObject([{ fileName: 'Bescheid.pdf', vorgangId: vorgang, size: 4 }]);
    await Promise.all([patient.close(), hasty.close()]);
  });
});
