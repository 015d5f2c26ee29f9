// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { DeliveryError, DmsPort, FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-webdav';
import { BASE, NextcloudSimulator, WebdavSimulator } from '@amtsbote/adapters/dms-webdav/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** Linux may grow the buffers of a loopback connection to 4 + 32 MB (tcp_wmem, tcp_rmem). */
const BUFFERS_BYTES_MAX = 64 * 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const AKTE = '/Gewerbeakte';
const VORGANG = `${AKTE}/V-1`;
let webdav: WebdavSimulator;
let ports: DmsPort[] = [];

beforeEach(async () => {
  webdav = await new WebdavSimulator('amtsbote', 'dav-secret-1').start();
});
afterEach(async () => {
  await Promise.all(ports.map((one) => one.close()));
  ports = [];
  await webdav.stop();
});

function port(more: Record<string, unknown> = {}): DmsPort {
  const options = {
    baseUrl: webdav.baseUrl,
    username: 'amtsbote',
    password: 'dav-secret-1',
    akte: { folder: '"Gewerbeakte"' },
    vorgang: { folder: '"V-1"' },
  };
  const created = adapter.create(adapter.options.parse({ ...options, ...more }), environment);
  ports.push(created);
  return created;
}
const request = (documents = [aDocument('Antrag.pdf')], id = '0192f0a0-0000-7000-8000-000000000001'): FilingRequest => ({
  application: anApplication({ id }),
  documents,
});
const failure = (call: Promise<unknown>): Promise<DeliveryError> =>
  call.then(
    () => Promise.reject(new Error('succeeded')),
    (error: unknown) => error as DeliveryError,
  );
const file = (text: string): { size: number; sha512: string; mediaType: string; bytes: Buffer } => ({
  size: Buffer.byteLength(text),
  sha512: '',
  mediaType: '',
  bytes: Buffer.from(text),
});

describe('what the server says', () => {
  it.each([
    [401, 'misconfigured', 'login-refused'],
    [403, 'misconfigured', 'access-denied'],
    [409, 'misconfigured', 'folder-missing'],
    [413, 'refused', 'document-refused-by-size'],
    [415, 'refused', 'document-refused'],
    [422, 'refused', 'refused'],
    [423, 'unavailable', 'locked'],
    [429, 'unavailable', 'throttled'],
    [503, 'unavailable', 'server-error'],
    [507, 'unavailable', 'storage-full'],
    [500, 'outcomeUnknown', 'failed-inside'],
    [302, 'misconfigured', 'redirected'],
  ])('%i to a write means %s', async (status, kind, code) => {
    webdav.failsWritesWith = status;
    const error = await failure(port().file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind, code: `dms-webdav/${code}` });
    expect(webdav.contents()).toMatchObject({ akten: [], strays: 0 });
  });

  it('that it keeps a file where the folder has to be pauses the instance', async () => {
    webdav.tree.write(AKTE, file('a note'));
    const error = await failure(port().file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'misconfigured', code: 'dms-webdav/not-a-folder' });
  });

  it('that the folder of the Vorgang is gone is for a clerk', async () => {
    const memory = new EffectMemory();
    webdav.storesShort = true;
    await failure(port().file(request(), new TestDelivery('filing-1', memory)));
    webdav.storesShort = false;
    webdav.tree.remove(VORGANG);
    const error = await failure(port().file(request(), new TestDelivery('filing-1', memory, 2)));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'refused', code: 'dms-webdav/folder-gone' });
  });
});

describe('a folder', () => {
  it('that holds another application is not written to', async () => {
    const dms = port();
    await dms.file(request(), new TestDelivery('filing-1'));
    const before = webdav.contents();
    const other = request([aDocument('Antrag.pdf')], '0192f0a0-0000-7000-8000-000000000002');
    const error = await failure(dms.file(other, new TestDelivery('filing-2')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'refused', code: 'dms-webdav/folder-taken' });
    expect((await failure(dms.find(other, new TestDelivery('filing-2')))).code).toBe('dms-webdav/folder-taken');
    expect(webdav.contents()).toEqual(before);
  });

  it('in which a clerk put another file of the same name keeps that file', async () => {
    const dms = port();
    const memory = new EffectMemory();
    webdav.storesShort = true;
    await failure(dms.file(request(), new TestDelivery('filing-1', memory)));
    webdav.storesShort = false;
    webdav.tree.write(`${VORGANG}/Antrag.pdf`, file('a clerk wrote this'));
    const error = await failure(dms.file(request(), new TestDelivery('filing-1', memory, 2)));
    // The list of contents comes first and succeeds; the document meets the clerk's file.
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'refused', code: 'dms-webdav/name-taken' });
    expect(webdav.tree.get(`${VORGANG}/Antrag.pdf`)).toMatchObject({ size: 18 });
  });

  it('whose list of contents a clerk corrected is still that of the application', async () => {
    const dms = port();
    await dms.file(request(), new TestDelivery('filing-1'));
    const list = webdav.tree.get(`${VORGANG}/Verzeichnis.json`);
    const text = list === undefined || list === 'folder' ? '' : (list.bytes?.toString('utf8') ?? '');
    webdav.tree.write(`${VORGANG}/Verzeichnis.json`, file(text.replace('"properties": {}', '"properties": { "note": "x" }')));
    expect(await dms.find(request(), new TestDelivery('filing-1'))).toHaveProperty('found');
  });

  it('is rid of the parts of earlier attempts when the filing is complete, and of nothing else', async () => {
    const dms = port();
    webdav.tree.put(AKTE, 'folder');
    webdav.tree.put(VORGANG, 'folder');
    webdav.tree.write(`${VORGANG}/.amtsbote-0123456789abcdef-1.part`, file('half'));
    webdav.tree.write(`${VORGANG}/.notes`, file('of a clerk'));
    await dms.file(request(), new TestDelivery('filing-1', new EffectMemory(), 2));
    expect(
      webdav.tree
        .childrenOf(VORGANG)
        .map((path) => path.slice(VORGANG.length + 1))
        .toSorted(),
    ).toEqual(['.notes', 'Antrag.pdf', 'Verzeichnis.json']);
  });

  // Seen at Apache 2.4 when two processes filed at the same time: the slower one paused the instance for want of rights.
  it('that somebody else made a moment before, like a part that somebody else removed, is no lack of rights', async () => {
    webdav.isBeaten = true;
    const dms = port();
    await dms.file(request(), new TestDelivery('filing-1'));
    webdav.tree.write(`${VORGANG}/.amtsbote-0123456789abcdef-1.part`, file('half'));
    await dms.file(request(), new TestDelivery('filing-1', new EffectMemory(), 2));
    expect(webdav.books()).toEqual({ akten: 1, vorgaenge: 1, documents: 1, duplicates: [] });
    expect(webdav.contents().strays).toBe(0);
  });
});

describe('the probe', () => {
  it.each([
    ['RGDNVCK', true],
    ['RGDNV', false],
  ])('reads from Nextcloud’s letters %p whether the user may write', async (permissions, ok) => {
    webdav.permissions = permissions;
    expect(await port().probe(AbortSignal.timeout(5_000))).toMatchObject({ ok });
  });

  it('finds out that the folder is not there', async () => {
    const { ok, checks } = await port({ baseUrl: `${webdav.url}${BASE}/Bauamt` }).probe(AbortSignal.timeout(5_000));
    expect({ ok, checks }).toEqual({ ok: false, checks: [{ name: 'folder for Akten', ok: false, detail: 'is not there' }] });
  });
});

describe('documents', () => {
  it('above the configured limit are not begun', async () => {
    const error = await failure(port({ limits: { documentBytesMax: 5 } }).file(request(), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'untransferable', code: 'dms-webdav/document-too-large' });
    expect(webdav.requests).toEqual([]);
  });

  it('whose stored bytes differ at equal length are no success where they are read back', async () => {
    const document = { ...aDocument('Antrag.pdf', 'ten bytes.'), open: async () => Readable.from([Buffer.from('TEN bytes.')]) };
    const error = await failure(port({ verify: 'content' }).file(request([document]), new TestDelivery('filing-1')));
    expect({ kind: error.kind, code: error.code }).toEqual({ kind: 'unavailable', code: 'dms-webdav/content-incomplete' });
    expect(webdav.books()).toMatchObject({ documents: 0 });
  });

  it('of 256 MB are never held: what is read from the store goes out before more is read', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 256 * 1024 * 1024;
    // One line per piece that was read although more than the buffers of streams and sockets can hold had not arrived.
    const ahead: string[] = [];
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        const arrived = webdav.bytesArrived;
        if (read - arrived > BUFFERS_BYTES_MAX) ahead.push(`${read} read, ${arrived} arrived`);
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => Readable.from(chunks(), { objectMode: false });
    await port().file(request([{ ...aDocument('Luftbild.tif', ''), size, open }]), new TestDelivery('filing-1'));
    expect(webdav.tree.get(`${VORGANG}/Luftbild.tif`)).toMatchObject({ size });
    expect(ahead.slice(0, 5)).toEqual([]);
  });
});

describe('a Nextcloud', () => {
  const MB = 1024 * 1024;
  let nextcloud: NextcloudSimulator;
  beforeEach(async () => {
    nextcloud = await new NextcloudSimulator('amtsbote', 'dav-secret-1').start();
  });
  afterEach(() => nextcloud.stop());

  const large = (size: number) => {
    const chunk = Buffer.alloc(300_000, 'x');
    const chunks = function* (): Generator<Buffer> {
      for (let left = size; left > 0; left -= chunk.length) yield chunk.subarray(0, left);
    };
    return { ...aDocument('Luftbild.tif', ''), size, open: async () => Readable.from(chunks(), { objectMode: false }) };
  };
  const cloud = (chunkBytes = 5 * MB): DmsPort => port({ baseUrl: nextcloud.baseUrl, nextcloud: { chunkBytes } });

  it('gets a large document in chunks, and a small one in one request', async () => {
    await cloud().file(request([large(12 * MB + 7), aDocument('Antrag.pdf')]), new TestDelivery('filing-1'));
    expect(nextcloud.chunks).toEqual([5 * MB, 5 * MB, 2 * MB + 7]);
    expect(nextcloud.tree.get(`${VORGANG}/Luftbild.tif`)).toMatchObject({ size: 12 * MB + 7 });
    expect(nextcloud.uploads.size).toBe(0);
    expect(nextcloud.contents().strays).toBe(0);
  });

  it('that fails in the middle of an upload keeps nothing of it, and gets everything the next time', async () => {
    const memory = new EffectMemory();
    nextcloud.fail({ fault: 'error500', times: 1, match: /^PUT .*\/00002$/ });
    const error = await failure(cloud().file(request([large(12 * MB)]), new TestDelivery('filing-1', memory)));
    expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
    expect(nextcloud.uploads.size).toBe(0);
    await cloud().file(request([large(12 * MB)]), new TestDelivery('filing-1', memory, 2));
    expect(nextcloud.books()).toEqual({ akten: 1, vorgaenge: 1, documents: 1, duplicates: [] });
  });

  it('that did not tell that it had put the file together is not sent it twice under its name', async () => {
    const memory = new EffectMemory();
    nextcloud.fail({ fault: 'answerLost', times: 1, match: /^MOVE .*\/\.file$/ });
    const error = await failure(cloud().file(request([large(6 * MB)]), new TestDelivery('filing-1', memory)));
    expect(error.kind).toBe('outcomeUnknown');
    await cloud().file(request([large(6 * MB)]), new TestDelivery('filing-1', memory, 2));
    expect({ books: nextcloud.books().documents, strays: nextcloud.contents().strays }).toEqual({ books: 1, strays: 0 });
  });

  it('is only believed to be one where its addresses are', () => {
    const options = { baseUrl: 'https://files.example/dav', username: 'a', password: 'b', akte: { folder: '"A"' }, nextcloud: {} };
    expect(adapter.options.safeParse(options).error?.issues.map(({ path }) => path)).toEqual([['baseUrl']]);
    const files = { ...options, baseUrl: 'https://cloud.example/nextcloud/remote.php/dav/files/amtsbote/Gewerbeamt' };
    expect(adapter.options.safeParse(files).success).toBe(true);
  });
});
