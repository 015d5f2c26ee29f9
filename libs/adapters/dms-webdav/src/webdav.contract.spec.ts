// SPDX-License-Identifier: EUPL-1.2
import type { DmsOutboxPort } from '@amtsbote/adapter-kit';
import {
  deliveryErrorOf,
  dmsContract,
  type DmsContractTarget,
  type DmsFault,
  dmsOutboxContract,
  type DmsOutboxTarget,
  type Fault,
  type FaultRule,
} from '@amtsbote/adapter-kit/testing';
import { NextcloudSimulator, WebdavSimulator } from '@amtsbote/adapters/dms-webdav/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { expect, it } from '@jest/globals';

import { adapter } from './index.js';

const [USERNAME, PASSWORD] = ['amtsbote', 'dav-secret-1'];
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const WRITE = /^(MKCOL|PUT|MOVE) /;
/** Longer than any test waits. */
const HANGS_MS = 5_000;

async function start(webdav: WebdavSimulator, verify: 'length' | 'content', more: object = {}): Promise<DmsContractTarget> {
  await webdav.start();
  const options = {
    baseUrl: webdav.baseUrl,
    username: USERNAME,
    password: PASSWORD,
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    vorgang: {
      folder: 'application.reference + " " + application.id',
      properties: { vorgangsnummer: 'application.reference', leistung: 'application.publicService.name' },
    },
    verify,
    ...more,
  };
  const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
    if (fault === 'refuses') webdav.refuses = true;
    else if (fault === 'storesShort') webdav.storesShort = true;
    else if (fault !== 'cannotTell') for (const rule of rules(fault === 'hangs' ? 'slow' : fault, at)) webdav.fail(rule);
  };
  return {
    port: () => adapter.create(adapter.options.parse(options), environment),
    contents: () => webdav.contents(),
    misbehave,
    heal: () => {
      webdav.heal();
      webdav.refuses = false;
      webdav.storesShort = false;
    },
    stop: () => webdav.stop(),
  };
}

/** The writes before the struck one pass through a pause of nothing. */
function rules(fault: Fault, at: { readonly write: number } | undefined): FaultRule[] {
  const rule = { fault, slowMs: HANGS_MS, retryAfterS: 2 };
  if (at === undefined) return [rule];
  const struck = { ...rule, times: 1, match: WRITE };
  return at.write === 1 ? [struck] : [{ fault: 'slow', slowMs: 0, times: at.write - 1, match: WRITE }, struck];
}

const fixture = {
  adapter: 'dms-webdav',
  vorgangProperties: ({ reference }: { reference: string }) => ({ vorgangsnummer: reference, leistung: 'Gewerbeanmeldung' }),
  secrets: [PASSWORD, Buffer.from(`${USERNAME}:${PASSWORD}`).toString('base64')],
  keepsNoVersions: 'a folder keeps one content per name: what is newer lies in a folder of its own, the older stays',
  impossible: { cannotTell: 'a path leads to one file or to none: the server always knows' },
};

dmsContract({ ...fixture, start: () => start(new WebdavSimulator(USERNAME, PASSWORD), 'length') });

// Documents above 5 MB go in chunks: the suite has one.
const nextcloud = { nextcloud: { chunkBytes: 5 * 1024 * 1024 } };
dmsContract({ ...fixture, start: () => start(new NextcloudSimulator(USERNAME, PASSWORD), 'length', nextcloud) });

async function startOutbox(takenTo: string | null): Promise<DmsOutboxTarget> {
  const webdav = await new WebdavSimulator(USERNAME, PASSWORD).start();
  const options = adapter.options.parse({
    baseUrl: webdav.baseUrl,
    username: USERNAME,
    password: PASSWORD,
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    outbox: { takenTo, quietMs: 0 },
  });
  return {
    port: () => adapter.create(options, environment) as DmsOutboxPort,
    placeAnswer: (vorgangId, answer) => webdav.placeAnswer(vorgangId, answer),
    withdrawAnswer: (vorgangId, fileName) => webdav.withdrawAnswer(vorgangId, fileName),
    answerBooks: (vorgangId) => webdav.answerBooks(vorgangId),
    changes: () => webdav.tree.changes,
    misbehave: (fault, at) => {
      const rule = { fault: fault === 'hangs' ? 'slow' : (fault as Fault), slowMs: HANGS_MS, retryAfterS: 2 };
      webdav.fail(at === undefined ? rule : { ...rule, times: 1, match: /^MOVE / });
    },
    heal: () => webdav.heal(),
    stop: () => webdav.stop(),
  };
}

const outbox = { adapter: 'dms-webdav', mark: 'bewilligt', secrets: fixture.secrets };
dmsOutboxContract({ ...outbox, outbox: { begins: 'atStart', acknowledges: 'inDms' }, start: () => startOutbox('Erledigt') });
dmsOutboxContract({ ...outbox, outbox: { begins: 'atStart', acknowledges: 'remembered' }, start: () => startOutbox(null) });

it('says that the folder for Akten is missing instead of finding nothing in it', async () => {
  const webdav = await new WebdavSimulator(USERNAME, PASSWORD).start();
  const akte = { folder: 'application.tenant' };
  const options = { baseUrl: `${webdav.baseUrl}/fehlt`, username: USERNAME, password: PASSWORD, akte, outbox: {} };
  const port = adapter.create(adapter.options.parse(options), environment) as DmsOutboxPort;
  const error = await deliveryErrorOf(port.list(null, AbortSignal.timeout(10_000)));
  expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: 'dms-webdav/folder-missing' });
  await port.close();
  await webdav.stop();
});
