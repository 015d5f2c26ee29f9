// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { DeliveryError, DmsPort, FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-nscale';
import { NscaleSimulator, type SimulatedArea, TRADE_OFFICE, tradeOfficeOptions } from '@amtsbote/adapters/dms-nscale/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, describe, expect, it } from '@jest/globals';

/** Linux may grow the buffers of a loopback connection to 4 + 32 MB (tcp_wmem, tcp_rmem). */
const BUFFERS_BYTES_MAX = 64 * 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const started: { nscale?: NscaleSimulator; ports: DmsPort[] } = { ports: [] };

async function start(area: SimulatedArea = TRADE_OFFICE, nowMs?: () => number): Promise<NscaleSimulator> {
  started.nscale = await new NscaleSimulator(area, nowMs).start();
  return started.nscale;
}
function port(nscale: NscaleSimulator, change: (options: Record<string, unknown>) => unknown = (options) => options): DmsPort {
  const created = adapter.create(adapter.options.parse(change(tradeOfficeOptions(nscale.baseUrl))), environment);
  started.ports.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(started.ports.splice(0).map((open) => open.close()));
  await started.nscale?.stop();
});

const request = (number = 1, documents = [aDocument('Antrag.pdf')]): FilingRequest => ({
  application: anApplication({ id: `0192f0a0-0000-7000-8000-${String(number).padStart(12, '0')}` }),
  documents,
});
const failure = (call: Promise<unknown>): Promise<DeliveryError> =>
  call.then(
    () => Promise.reject(new Error('succeeded')),
    (error: unknown) => error as DeliveryError,
  );
const logins = (nscale: NscaleSimulator): number => nscale.requests.filter((line) => line.endsWith('/graphql')).length;

describe('session', () => {
  it('is opened once for many calls at the same time', async () => {
    const nscale = await start();
    const dms = port(nscale);
    await Promise.all([1, 2, 3, 4].map((number) => dms.file(request(number), new TestDelivery(`filing-${number}`))));
    expect(logins(nscale)).toBe(1);
  });

  it('is renewed once when it has expired, between and within filings', async () => {
    let now = 0;
    const nscale = await start(TRADE_OFFICE, () => now);
    const dms = port(nscale);
    await dms.file(request(1), new TestDelivery('filing-1'));
    now += TRADE_OFFICE.sessionMs;
    const document = aDocument('Plan.pdf');
    const expiring = { ...document, open: async () => (nscale.expireSessions(), document.open()) };
    // The document is opened for the refused and for the repeated request: expire only at the first.
    let opened = 0;
    const once = { ...expiring, open: () => (++opened === 1 ? expiring.open() : document.open()) };
    await dms.file(request(2, [once]), new TestDelivery('filing-2'));
    expect({ logins: logins(nscale), opened }).toEqual({ logins: 3, opened: 2 });
    expect(nscale.books()).toMatchObject({ akten: 1, vorgaenge: 2, documents: 2, versions: 2, duplicates: [] });
  });

  it('that is refused again right after its renewal pauses the instance', async () => {
    const nscale = await start();
    nscale.sessions.accepting = false;
    const error = await failure(port(nscale).file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code, logins: logins(nscale) }).toEqual({
      kind: 'misconfigured',
      code: 'dms-nscale/session-refused',
      logins: 2,
    });
  });

  it('is ended at nscale when the adapter is closed', async () => {
    const nscale = await start();
    const dms = port(nscale);
    await dms.file(request(), new TestDelivery('filing-1'));
    expect(nscale.sessions.count).toBe(1);
    await dms.close();
    expect(nscale.sessions.count).toBe(0);
  });

  it('lasts until a filing under way has finished', async () => {
    const nscale = await start();
    const dms = port(nscale);
    const call = dms.file(request(1, [aDocument('a.pdf'), aDocument('b.pdf')]), new TestDelivery('filing-1'));
    await dms.close();
    // Closed only after the filing: it is complete by now, not one moment later.
    expect(nscale.books()).toMatchObject({ documents: 2 });
    expect(nscale.sessions.count).toBe(0);
    await expect(call).resolves.toMatchObject({ akte: { title: 'Gewerbeakte 057110000000' } });
  });

  it('is not given for a wrong password', async () => {
    const nscale = await start();
    const dms = port(nscale, (options) => ({ ...options, password: 'wrong' }));
    const error = await failure(dms.file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: 'dms-nscale/login-refused' });
  });
});

describe('two processes', () => {
  it('that open the same new Akte end with one where nscale keeps its key unique', async () => {
    const nscale = await start();
    const processes = [1, 2, 3, 4, 5, 6].map((number) => ({ number, dms: port(nscale) }));
    await Promise.all(processes.map(({ number, dms }) => dms.file(request(number), new TestDelivery(`filing-${number}`))));
    expect(nscale.books()).toMatchObject({ akten: 1, vorgaenge: 6, documents: 6, duplicates: [] });
  });

  it('that file the same act at the same time end with each thing once where nscale keeps the keys unique', async () => {
    const nscale = await start();
    const receipts = await Promise.all([port(nscale), port(nscale)].map((dms) => dms.file(request(), new TestDelivery('filing-1'))));
    expect(receipts[0]).toEqual(receipts[1]);
    expect(nscale.books()).toMatchObject({ akten: 1, vorgaenge: 1, documents: 1, duplicates: [] });
  });
});

describe('what nscale refuses', () => {
  it('is no cabinet that the rule of the Aktenplan names: the Akte goes there', async () => {
    const nscale = await start();
    const dms = port(nscale, (options) => ({
      ...options,
      akte: { ...(options['akte'] as object), cabinets: { oben: { path: '/Gewerbeamt' } } },
    }));
    const place = {
      ...{ rule: 'r', version: 1, cabinet: 'oben', classes: {}, akte: { key: 'r/1', title: 'Akte' }, vorgang: { title: 'Vorgang' } },
    };
    const { akte } = await dms.file({ ...request(), place }, new TestDelivery('filing-1'));
    expect(nscale.repository.byPath('/Gewerbeamt').children).toContain(akte.id);
  });

  it.each([
    ['an unknown object class', { objectClass: 'Schriftstueck' }, 'unknown-object-class'],
    ['an unknown property', { objectClass: 'Dokument', properties: { ablage: '"x"' } }, 'unknown-property'],
    ['a class that is not allowed there', { objectClass: 'Schrank', keyProperty: 'amtsboteKey' }, 'class-not-allowed'],
  ])('%s pauses the instance and shows in the probe', async (_what, document, code) => {
    const nscale = await start();
    const dms = port(nscale, (options) => ({ ...options, document }));
    const error = await failure(dms.file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: `dms-nscale/${code}` });
    expect(await dms.probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: false });
  });

  it('a parent folder that is missing pauses the instance and shows in the probe', async () => {
    const nscale = await start();
    const dms = port(nscale, (options) => ({ ...options, akte: { ...(options['akte'] as object), parent: { path: '/Bauamt' } } }));
    const error = await failure(dms.file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: 'dms-nscale/folder-missing' });
    const { checks } = await dms.probe(AbortSignal.timeout(5_000));
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['parent folder']);
  });

  it('a locked Akte is tried again later', async () => {
    const nscale = await start();
    const dms = port(nscale);
    const { akte } = await dms.file(request(1), new TestDelivery('filing-1'));
    nscale.repository.get(akte.id).locked = true;
    const error = await failure(dms.file(request(2), new TestDelivery('filing-2')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'unavailable', code: 'dms-nscale/object-locked' });
  });

  it('content above its limit is for a clerk, after an upload that was cut short', async () => {
    const nscale = await start();
    nscale.contentBytesMax = 10;
    const error = await failure(port(nscale).file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'refused', code: 'dms-nscale/content-too-large' });
    expect(nscale.books()).toMatchObject({ documents: 0 });
  });

  it('a value longer than its property cannot be transferred', async () => {
    const nscale = await start();
    const vorgang = {
      objectClass: 'Vorgang',
      title: '"x"',
      properties: { vorgangsnummer: 'application.origin.submissionId + application.origin.submissionId' },
    };
    const error = await failure(port(nscale, (options) => ({ ...options, vorgang })).file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'untransferable', code: 'dms-nscale/value-too-long' });
  });

  it('two Akten with the same key are for a clerk, and neither is written to', async () => {
    const nscale = await start();
    const dms = port(nscale);
    const { akte } = await dms.file(request(1), new TestDelivery('filing-1'));
    nscale.repository.copy(akte.id);
    const before = nscale.books();
    const error = await failure(dms.file(request(2), new TestDelivery('filing-2')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'refused', code: 'dms-nscale/ambiguous' });
    await expect(dms.find(request(2), new TestDelivery('filing-2'))).resolves.toBe('cannotTell');
    expect(nscale.books()).toEqual(before);
    expect(before.duplicates).toEqual(['akte aktenschluessel=GEW-057110000000']);
  });
});

describe('documents', () => {
  it('that were stored short are replaced by a new version, not by a second document', async () => {
    const nscale = await start();
    const memory = new EffectMemory();
    nscale.storesShort = true;
    const error = await failure(port(nscale).file(request(), new TestDelivery('filing-1', memory)));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'unavailable', code: 'dms-nscale/content-incomplete' });
    nscale.storesShort = false;
    await port(nscale).file(request(), new TestDelivery('filing-1', memory, 2));
    // As stored first, as replaced in vain in the same attempt, as replaced in the second.
    expect(nscale.books()).toMatchObject({ documents: 1, versions: 3, duplicates: [] });
  });

  it.each([-1, 1])('whose stream is not as long as described (%i byte) are no success and leave nothing behind', async (more) => {
    const nscale = await start();
    const document = aDocument('Antrag.pdf', 'ten bytes.');
    const wrong = { ...document, open: async () => Readable.from([Buffer.alloc(10 + more, 'x')]) };
    await failure(port(nscale).file(request(1, [wrong]), new TestDelivery('filing-1')));
    expect(nscale.books()).toMatchObject({ documents: 0 });
  });

  it('above the configured limit are not begun', async () => {
    const nscale = await start();
    const dms = port(nscale, (options) => ({ ...options, limits: { documentBytesMax: 5 } }));
    const error = await failure(dms.file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'untransferable', code: 'dms-nscale/document-too-large' });
    expect(nscale.requests).toEqual([]);
  });

  it('of 256 MB are never held: what is read from the store goes out before more is read', async () => {
    const nscale = await start({ ...TRADE_OFFICE, reportsHash: false });
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 256 * 1024 * 1024;
    // One line per piece that was read although more than the buffers of streams and sockets can hold had not arrived.
    const ahead: string[] = [];
    let opened = 0;
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        const arrived = nscale.contentBytesArrived;
        if (read - arrived > BUFFERS_BYTES_MAX) ahead.push(`run ${opened}: ${read} read, ${arrived} arrived`);
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => {
      opened += 1;
      return Readable.from(chunks(), { objectMode: false });
    };
    await port(nscale).file(request(1, [{ ...aDocument('Luftbild.tif', ''), size, open }]), new TestDelivery('filing-1'));
    expect(nscale.books()).toMatchObject({ documents: 1, versions: 1, contentBytes: size });
    expect({ opened, ahead: ahead.slice(0, 5) }).toEqual({ opened: 1, ahead: [] });
  });
});
