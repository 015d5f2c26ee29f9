// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { compareFiling, type DeliveryError, type DmsPort, type FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-sftp';
import { SftpDmsSimulator } from '@amtsbote/adapters/dms-sftp/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

/** What may be read of a document before it has arrived, in bytes: the pieces in the buffers of two streams. */
const AHEAD_BYTES_MAX = 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const AKTE = '/Gewerbeamt/Gewerbeakte';
const VORGANG = `${AKTE}/V-1`;
let sftp: SftpDmsSimulator;
let ports: DmsPort[] = [];

beforeEach(async () => {
  sftp = await new SftpDmsSimulator('amtsbote', 'sftp-secret-1').start();
});
afterEach(async () => {
  await Promise.all(ports.map((one) => one.close()));
  ports = [];
  await sftp.stop();
});

function port(more: Record<string, unknown> = {}): DmsPort {
  const options = {
    ...{ host: '127.0.0.1', port: sftp.port, username: 'amtsbote', password: 'sftp-secret-1' },
    ...{ hostKeys: [sftp.hostKey], directory: sftp.directory },
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
const failure = async (call: Promise<unknown>): Promise<{ kind: string; code: string }> => {
  const error = await call.then(
    () => Promise.reject(new Error('succeeded')),
    (reason: unknown) => reason as DeliveryError,
  );
  return { kind: error.kind, code: error.code };
};
/** An attempt whose documents do not get their names: folders and lists are there, and one part. */
async function halfFiled(memory: EffectMemory): Promise<void> {
  sftp.fail({ fault: 'error500', times: 1, match: /^RENAME .*Antrag\.pdf$/ });
  await failure(port().file(request(), new TestDelivery('filing-1', memory)));
}

describe('a folder', () => {
  it('says whose it is, what lies in it, and can be checked with sha512sum', async () => {
    const [document] = [aDocument('Übersicht.pdf')];
    await port().file(request([document]), new TestDelivery('filing-1'));
    expect(sftp.files.list(VORGANG).toSorted()).toEqual(['SHA512SUMS', 'Verzeichnis.json', 'Übersicht.pdf']);
    expect(sftp.files.read(`${VORGANG}/SHA512SUMS`)?.toString()).toBe(`${document.sha512}  Übersicht.pdf\n`);
    expect(JSON.parse(String(sftp.files.read(`${VORGANG}/Verzeichnis.json`)))).toMatchObject({ act: 'filing-1' });
  });

  it('that holds another application is not written to', async () => {
    await port().file(request(), new TestDelivery('filing-1'));
    const before = sftp.contents();
    const other = request([aDocument('Antrag.pdf')], '0192f0a0-0000-7000-8000-000000000002');
    expect(await failure(port().file(other, new TestDelivery('filing-2')))).toEqual({ kind: 'refused', code: 'dms-sftp/folder-taken' });
    expect(sftp.contents()).toEqual(before);
  });

  it('in which a clerk put another file of the same name keeps that file', async () => {
    const memory = new EffectMemory();
    await halfFiled(memory);
    sftp.files.makeFile(`${VORGANG}/Antrag.pdf`, 'a clerk wrote this');
    expect(await failure(port().file(request(), new TestDelivery('filing-1', memory, 2)))).toEqual({
      kind: 'refused',
      code: 'dms-sftp/name-taken',
    });
    expect(sftp.files.read(`${VORGANG}/Antrag.pdf`)?.toString()).toBe('a clerk wrote this');
  });

  it('in which a clerk was faster by a moment with another file of the same name keeps that file', async () => {
    const document = aDocument('Antrag.pdf');
    const open = (): Promise<Readable> => ((sftp.isBeaten = true), document.open());
    expect(await failure(port().file(request([{ ...document, open }]), new TestDelivery('filing-1')))).toEqual({
      kind: 'refused',
      code: 'dms-sftp/name-taken',
    });
    expect(sftp.files.read(`${VORGANG}/Antrag.pdf`)?.toString()).toBe('of a clerk');
    expect(sftp.files.list(VORGANG).some((name) => name.endsWith('.part'))).toBe(false);
  });

  it('that a clerk removed meanwhile is for a clerk, and does not stop the others', async () => {
    const memory = new EffectMemory();
    await halfFiled(memory);
    for (const path of [...sftp.files.below(VORGANG), VORGANG]) sftp.files.remove(path);
    expect(await failure(port().file(request(), new TestDelivery('filing-1', memory, 2)))).toEqual({
      kind: 'refused',
      code: 'dms-sftp/folder-gone',
    });
  });

  it('whose place a file has taken pauses the instance', async () => {
    sftp.files.makeFile(AKTE, 'a note');
    expect(await failure(port().file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-sftp/not-a-folder',
    });
  });

  it('is rid of the parts of earlier attempts when the filing is complete, and of nothing else', async () => {
    const memory = new EffectMemory();
    sftp.fail({ fault: 'down', times: 1, match: /^WRITE / });
    await failure(port().file(request(), new TestDelivery('filing-1', memory)));
    sftp.files.makeFile(`${VORGANG}/.notes`, 'of a clerk');
    expect(sftp.files.list(VORGANG).some((name) => name.endsWith('.part'))).toBe(true);
    await port().file(request(), new TestDelivery('filing-1', memory, 2));
    expect(sftp.files.list(VORGANG).toSorted()).toEqual(['.notes', 'Antrag.pdf', 'SHA512SUMS', 'Verzeichnis.json']);
  });

  it('of which the user may not make one pauses the instance', async () => {
    sftp.fail({ fault: 'unauthorised', match: /^MKDIR / });
    expect(await failure(port().file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-sftp/access-denied',
    });
  });
});

describe('what is read back', () => {
  it('is what lies there now: a document that a clerk changed or took away is told', async () => {
    const documents = [aDocument('Antrag.pdf'), aDocument('Lageplan.pdf')];
    const dms = port();
    const receipt = await dms.file(request(documents), new TestDelivery('filing-1'));
    sftp.files.makeFile(`${VORGANG}/Antrag.pdf`, 'x'.repeat(documents[0]?.size ?? 0));
    sftp.files.remove(`${VORGANG}/Lageplan.pdf`);
    const held = (await dms.readBack(request(documents), receipt, new TestDelivery('filing-1'))) ?? [];
    const { missing, changed } = compareFiling({ documents }, held);
    expect({ missing, changed }).toEqual({ missing: [documents[1]?.key], changed: [documents[0]?.key] });
  });
});

describe('two hubs that file the same act at the same time', () => {
  it('end with each thing once', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const each = request([aDocument('Antrag.pdf')], `0192f0a0-0000-7000-8000-00000000000${round}`);
      const hubs = [1, 2].map((attempt) =>
        port({ vorgang: { folder: 'application.id' } }).file(each, new TestDelivery(`filing-${round}`, new EffectMemory(), attempt)),
      );
      const [one, other] = await Promise.all(hubs);
      expect(one).toEqual(other);
    }
    const { akten, strays } = sftp.contents();
    expect({ strays, documents: akten.map(({ vorgaenge }) => vorgaenge.map(({ documents }) => documents.length)) }).toEqual({
      strays: 0,
      documents: [[1, 1, 1, 1, 1]],
    });
  });
});

describe('the server', () => {
  it('with another key is not talked to', async () => {
    const hostKeys = [`SHA256:${'a'.repeat(43)}`];
    expect(await failure(port({ hostKeys }).file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-sftp/host-key-unknown',
    });
    expect(sftp.requests).toEqual([]);
  });

  it('that fails without a reason is tried again, and the half that was written is gone', async () => {
    sftp.fail({ fault: 'error500', times: 1, match: /^WRITE .*\.part$/ });
    expect(await failure(port().file(request(), new TestDelivery('filing-1')))).toEqual({ kind: 'unavailable', code: 'dms-sftp/failed' });
    expect(sftp.files.list(VORGANG)).toEqual([]);
  });

  it('without the configured folder pauses the instance, and the probe says it first', async () => {
    const lost = port({ directory: '/Bauamt' });
    expect(await lost.probe(AbortSignal.timeout(5_000))).toEqual({
      ok: false,
      checks: [{ name: 'folder for Akten', ok: false, detail: 'is not there' }],
    });
    expect(await failure(lost.file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-sftp/folder-missing',
    });
  });
});

describe('documents', () => {
  it('above the configured limit are not begun', async () => {
    expect(await failure(port({ limits: { documentBytesMax: 5 } }).file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'untransferable',
      code: 'dms-sftp/document-too-large',
    });
    expect(sftp.requests).toEqual([]);
  });

  it('whose stored bytes differ at equal length are no success where they are read back', async () => {
    const document = { ...aDocument('Antrag.pdf', 'ten bytes.'), open: async () => Readable.from([Buffer.from('TEN bytes.')]) };
    expect(await failure(port({ verify: 'content' }).file(request([document]), new TestDelivery('filing-1')))).toEqual({
      kind: 'unavailable',
      code: 'dms-sftp/content-incomplete',
    });
    expect(sftp.contents().akten[0]?.vorgaenge[0]?.documents).toEqual([]);
  });

  it('are never held: what is read from the store goes out before more is read', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 16 * 1024 * 1024;
    let aheadMax = 0;
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        const part = sftp.files.below(VORGANG).find((path) => path.endsWith('.part'));
        aheadMax = Math.max(aheadMax, read - (part === undefined ? 0 : sftp.files.size(part)));
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => Readable.from(chunks(), { objectMode: false });
    await port().file(request([{ ...aDocument('Luftbild.tif', ''), size, open }]), new TestDelivery('filing-1'));
    expect(sftp.files.size(`${VORGANG}/Luftbild.tif`)).toBe(size);
    expect(aheadMax).toBeLessThanOrEqual(AHEAD_BYTES_MAX);
  });
});
