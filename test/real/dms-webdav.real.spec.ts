// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { DeliveryError, DmsPort, FilingRequest } from '@amtsbote/adapter-kit';
import {
  aDocument,
  anApplication,
  contentsOf,
  dmsContract,
  type DmsFault,
  EffectMemory,
  type Fault,
  TestDelivery,
} from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-webdav';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { FaultProxy } from '../support/real/fault-proxy.js';
import { APACHE_BASE, RealApache } from '../support/real/real-apache.js';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const WRITE = /^(MKCOL|PUT|MOVE) /;
/** Longer than any test waits. */
const HANGS_MS = 5_000;
let apache: RealApache;

beforeAll(async () => {
  apache = await RealApache.start();
}, 120_000);
afterAll(async () => {
  await apache.remove();
}, 60_000);

function optionsAt(url: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    baseUrl: url + APACHE_BASE,
    username: apache.username,
    password: apache.password,
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    vorgang: {
      folder: 'application.reference + " " + application.id',
      properties: { vorgangsnummer: 'application.reference', leistung: 'application.publicService.name' },
    },
    verify: 'content',
    ...more,
  };
}

dmsContract({
  adapter: 'dms-webdav',
  start: async () => {
    await apache.emptied();
    const proxy = await new FaultProxy(apache.url).start();
    const misbehave = (fault: DmsFault, at?: { readonly write: number }): void => {
      if (fault === 'refuses') proxy.refuses = true;
      else if (fault === 'storesShort') proxy.storesShort = true;
      else if (fault !== 'cannotTell') {
        const wire: Fault = fault === 'hangs' ? 'slow' : fault;
        if (at !== undefined && at.write > 1) proxy.fail({ fault: 'slow', slowMs: 0, times: at.write - 1, match: WRITE });
        proxy.fail({ fault: wire, slowMs: HANGS_MS, retryAfterS: 2, ...(at === undefined ? {} : { times: 1, match: WRITE }) });
      }
    };
    return {
      port: () => adapter.create(adapter.options.parse(optionsAt(proxy.url)), environment),
      contents: async () => contentsOf(await apache.entries(), APACHE_BASE, await apache.changes()),
      misbehave,
      heal: () => {
        proxy.heal();
        proxy.refuses = false;
        proxy.storesShort = false;
      },
      stop: () => proxy.stop(),
    };
  },
  vorgangProperties: ({ reference }) => ({ vorgangsnummer: reference, leistung: 'Gewerbeanmeldung' }),
  secrets: ['dav-secret-1', Buffer.from('amtsbote:dav-secret-1').toString('base64')],
  keepsNoVersions: 'a folder keeps one content per name: what is newer lies in a folder of its own, the older stays',
  impossible: { cannotTell: 'a path leads to one file or to none: the server always knows' },
});

describe('dms-webdav on Debian’s Apache with mod_dav', () => {
  beforeEach(() => apache.emptied());

  const port = (more: Record<string, unknown> = {}): DmsPort =>
    adapter.create(adapter.options.parse(optionsAt(apache.url, more)), environment);
  const request = (number = 1, documents = [aDocument('Antrag.pdf')]): FilingRequest => ({
    application: anApplication({ id: `0192f0a0-0000-7000-8000-${String(number).padStart(12, '0')}` }),
    documents,
  });
  const failure = (call: Promise<unknown>): Promise<DeliveryError> =>
    call.then(
      () => Promise.reject(new Error('succeeded')),
      (error: unknown) => error as DeliveryError,
    );

  it('files six applications of six processes at once into one new Akte', async () => {
    const ports = [1, 2, 3, 4, 5, 6].map(() => port());
    await Promise.all(ports.map((dms, index) => dms.file(request(index + 1), new TestDelivery(`filing-${index + 1}`))));
    const { akten, strays } = contentsOf(await apache.entries(), APACHE_BASE, 0);
    expect({ akten: akten.length, vorgaenge: akten[0]?.vorgaenge.length, strays }).toEqual({ akten: 1, vorgaenge: 6, strays: 0 });
    await Promise.all(ports.map((dms) => dms.close()));
  });

  it('ends with each thing once when two processes file the same act at the same time', async () => {
    const ports = [port(), port()];
    // Several rounds: whether one comes between the other's look and act is up to Apache's threads.
    for (let round = 1; round <= 10; round += 1) {
      // The late owner of a lease has another number of attempt.
      const receipts = await Promise.all(
        ports.map((dms, index) => dms.file(request(round), new TestDelivery(`filing-${round}`, new EffectMemory(), index + 1))),
      );
      expect(receipts[0]).toEqual(receipts[1]);
    }
    const { akten, strays } = contentsOf(await apache.entries(), APACHE_BASE, 0);
    const documents = akten[0]?.vorgaenge.map((vorgang) => vorgang.documents.length);
    expect({ akten: akten.length, documents, strays }).toEqual({ akten: 1, documents: Array<number>(10).fill(1), strays: 0 });
    await Promise.all(ports.map((dms) => dms.close()));
  });

  it('goes on after Apache was killed in the middle of an upload', async () => {
    const size = 64 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let opened = 0;
    const open = async (): Promise<Readable> => {
      const isFirst = ++opened === 1;
      let sent = 0;
      async function* chunks(): AsyncGenerator<Buffer> {
        for (; sent < size; sent += chunk.length) {
          if (isFirst && sent === size / 2) await apache.stop('SIGKILL');
          yield chunk;
        }
      }
      return Readable.from(chunks(), { objectMode: false });
    };
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha512');
    for (let hashed = 0; hashed < size; hashed += chunk.length) hash.update(chunk);
    const document = { ...aDocument('Luftbild.tif', ''), size, sha512: hash.digest('hex'), open };
    const memory = new EffectMemory();
    const dms = port();
    const error = await failure(dms.file(request(1, [document]), new TestDelivery('filing-1', memory)));
    expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
    await apache.start();
    await dms.file(request(1, [document]), new TestDelivery('filing-1', memory, 2));
    const { akten, strays } = contentsOf(await apache.entries(), APACHE_BASE, 0);
    expect({ sizes: akten[0]?.vorgaenge[0]?.documents.map((one) => one.size), strays }).toEqual({ sizes: [size], strays: 0 });
    await dms.close();
  });

  it('says that the user may not write, in a kind that pauses the instance', async () => {
    await apache.writable(false);
    const dms = port();
    try {
      const error = await failure(dms.file(request(), new TestDelivery('filing-1')));
      expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: 'dms-webdav/access-denied' });
    } finally {
      await apache.writable(true);
      await dms.close();
    }
  });

  it('says that the folder is missing, and that the password is wrong', async () => {
    const missing = port({ baseUrl: `${apache.url}/dav/Bauamt` });
    expect(await missing.probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: false });
    expect((await failure(missing.file(request(), new TestDelivery('filing-1')))).kind).toBe('misconfigured');
    const wrong = port({ password: 'another' });
    expect((await failure(wrong.file(request(), new TestDelivery('filing-1')))).code).toBe('dms-webdav/login-refused');
    await Promise.all([missing.close(), wrong.close()]);
  });
});
