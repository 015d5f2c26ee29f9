// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

import type { DeliveryError, DmsPort, FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, SimulatedCrash, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { refusalsOf, XdomeaSimulator } from '@amtsbote/adapters/dms-xdomea/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import yauzl, { type Entry, type ZipFile } from 'yauzl';

import { adapter } from './index.js';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
/** What may be read of a document before it has arrived, in bytes: the pieces in the buffers of the streams between, whatever its size. */
const AHEAD_BYTES_MAX = 8 * 1024 * 1024;
let directory: string;
let ports: DmsPort[] = [];
let servers: XdomeaSimulator[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amtsbote-xdomea-'));
});
afterEach(async () => {
  await Promise.all(ports.map((one) => one.close()));
  ports = [];
  await Promise.all(servers.map((one) => one.stop()));
  servers = [];
  await rm(directory, { recursive: true });
});

function port(more: Record<string, unknown> = {}): DmsPort {
  const options = {
    version: '4.0.0',
    drop: { type: 'folder', directory },
    sender: { institution: 'Stadt Musterstadt' },
    receiver: { institution: 'Stadt Musterstadt', unit: 'Registratur' },
    akte: { key: '"gewerbe"', title: '"Gewerbeakte"' },
    vorgang: { title: 'application.reference' },
  };
  const created = adapter.create(adapter.options.parse({ ...options, ...more }), environment);
  ports.push(created);
  return created;
}
const request = (documents = [aDocument('Antrag.pdf'), aDocument('Müller; Söhne & Töchter.pdf')]): FilingRequest => ({
  application: anApplication(),
  documents,
});
const failure = async (call: Promise<unknown>): Promise<{ kind: string; code: string }> => {
  const error = await call.then(
    () => Promise.reject(new Error('succeeded')),
    (reason: unknown) => reason as DeliveryError,
  );
  return { kind: error.kind, code: error.code };
};
async function dropped(): Promise<{ name: string; bytes: Buffer }[]> {
  const names = (await readdir(directory)).toSorted();
  return Promise.all(names.map(async (name) => ({ name, bytes: await readFile(join(directory, name)) })));
}
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

describe('a message', () => {
  it.each([
    ['3.0.0', '0605', `${UUID}_FVDaten\\.SGOAblegen\\.0605`],
    ['3.0.0', '0101', `${UUID}_Information\\.Information\\.0101`],
    ['4.0.0', '0605', `${UUID}_0605_1`],
    ['4.0.0', '0101', `${UUID}_0101_1`],
  ])('of version %s, type %s, is called as the standard says, and a strict DMS takes it', async (version, message, name) => {
    await port({ version, message }).file(request(), new TestDelivery('filing-1'));
    const [zip, ...others] = await dropped();
    expect(others).toEqual([]);
    expect(zip?.name).toMatch(new RegExp(`^${name}\\.zip$`));
    expect(zip === undefined ? [] : refusalsOf(zip)).toEqual([]);
  });

  it('that is built again is the same to the last byte, and dated with the application', async () => {
    await port().file(request(), new TestDelivery('filing-1'));
    const [first] = await dropped();
    await rm(join(directory, first?.name ?? ''));
    await port().file(request(), new TestDelivery('filing-1', new EffectMemory(), 3));
    const [second] = await dropped();
    expect(second?.name).toBe(first?.name);
    expect(second?.bytes.equals(first?.bytes ?? Buffer.alloc(0))).toBe(true);
    // Times of a ZIP have no zone; those of UTC are meant: 2026-01-31, 10:00.
    expect([second?.bytes.readUInt16LE(10), second?.bytes.readUInt16LE(12)]).toEqual([10 << 11, ((2026 - 1980) << 9) | (1 << 5) | 31]);
  });

  it('is a ZIP that another reader opens', async () => {
    await port().file(request(), new TestDelivery('filing-1'));
    const [zip] = await dropped();
    const open = promisify<Buffer, object, ZipFile>(yauzl.fromBuffer);
    const archive = await open(zip?.bytes ?? Buffer.alloc(0), { lazyEntries: true });
    const names = await new Promise<string[]>((resolve, reject) => {
      const found: string[] = [];
      archive.on('entry', ({ fileName }: Entry) => {
        found.push(fileName);
        archive.readEntry();
      });
      archive.on('end', () => resolve(found)).on('error', reject);
      archive.readEntry();
    });
    expect(names).toEqual([expect.stringMatching(/_0605_1\.xml$/), expect.stringMatching(/\.pdf$/), expect.stringMatching(/\.pdf$/)]);
    // The names of files say nothing of the citizen's.
    expect(names.join()).not.toContain('ller');
  });

  it('gives another act other ids, and the decision the same Akte and Vorgang', async () => {
    const dms = port();
    const decision = { id: 'd', outcome: 'granted' as const, text: '', documents: [], decidedAt: '2026-02-10T09:00:00.000Z' };
    const one = await dms.file(request(), new TestDelivery('filing-1'));
    const other = await dms.file({ ...request([aDocument('Bescheid.pdf')]), decision }, new TestDelivery('decision-1'));
    expect(other.akte).toEqual(one.akte);
    expect(other.vorgang).toEqual(one.vorgang);
    expect(other.documents[0]?.id).not.toBe(one.documents[0]?.id);
    expect(await dropped()).toHaveLength(2);
  });

  it('for a test says so in 4.0', async () => {
    await port().file({ ...request(), application: anApplication({ test: true }) }, new TestDelivery('filing-1'));
    expect((await dropped())[0]?.bytes.toString()).toContain(' test="Test"');
  });
});

describe('the folder', () => {
  it('of which the DMS took the message, before the answer was written down, is not given it again: a person is asked', async () => {
    const dms = await new XdomeaSimulator('amtsbote', 'sftp-secret-1').start();
    servers.push(dms);
    const server = { host: '127.0.0.1', port: dms.port, username: 'amtsbote', password: 'sftp-secret-1', hostKeys: [dms.hostKey] };
    const remote = port({ drop: { type: 'sftp', ...server, directory: dms.directory } });
    const memory = new EffectMemory();
    const dying = new TestDelivery('filing-1', memory, 1, new AbortController().signal, { when: 'after', effect: 2 });
    await expect(remote.file(request(), dying)).rejects.toThrow(SimulatedCrash);
    dms.collect();
    expect(await failure(remote.file(request(), new TestDelivery('filing-1', memory, 2)))).toEqual({
      kind: 'outcomeUnknown',
      code: 'test/cannot-tell',
    });
    expect(dms.messages()).toHaveLength(1);
    expect(dms.refusals()).toEqual([]);
  });

  it('that holds another file of this name keeps it', async () => {
    await port().file(request(), new TestDelivery('filing-1'));
    const [zip] = await dropped();
    await writeFile(join(directory, zip?.name ?? ''), 'a clerk wrote this');
    expect(await failure(port().file(request(), new TestDelivery('filing-1')))).toEqual({ kind: 'refused', code: 'dms-xdomea/name-taken' });
    expect((await dropped())[0]?.bytes.toString()).toBe('a clerk wrote this');
  });

  it('gets one message when two hubs send the same act at the same time', async () => {
    for (let round = 1; round <= 5; round += 1)
      await Promise.all(
        [1, 2].map((attempt) =>
          port()
            .file(request(), new TestDelivery(`filing-${round}`, new EffectMemory(), attempt))
            .catch(failureIsKnown),
        ),
      );
    const names = (await dropped()).map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.zip'))).toHaveLength(5);
  });
  /** The slower one may find its own part swept away: it then looks again, and finds the message. */
  const failureIsKnown = (error: unknown): void => expect((error as DeliveryError).code).toMatch(/message-gone|content-incomplete/);

  it('that is not there pauses the instance, and the probe says it first', async () => {
    const lost = port({ drop: { type: 'folder', directory: `${directory}/nie` } });
    expect(await lost.probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: false, checks: [{ detail: 'is not there' }] });
    expect(await failure(lost.file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-xdomea/folder-missing',
    });
    expect(await port().probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: true });
  });

  it('does not get sent again what an attempt sent that died before it was written down', async () => {
    const memory = new EffectMemory();
    let readings = 0;
    const document = aDocument('Antrag.pdf');
    const counted = { ...document, open: () => ((readings += 1), document.open()) };
    const dying = new TestDelivery('filing-1', memory, 1, new AbortController().signal, { when: 'after', effect: 1 });
    await expect(port().file(request([counted]), dying)).rejects.toThrow(SimulatedCrash);
    await port().file(request([counted]), new TestDelivery('filing-1', memory, 2));
    expect(readings).toBe(1);
    expect((await dropped()).map(({ name }) => name.replace(/^.*\./, ''))).toEqual(['zip']);
  });
});

describe('documents', () => {
  it('above the configured limit are not begun', async () => {
    expect(await failure(port({ limits: { documentBytesMax: 5 } }).file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'untransferable',
      code: 'dms-xdomea/document-too-large',
    });
    expect(await dropped()).toEqual([]);
  });

  it('are never held: what is read from the store goes out before more is read', async () => {
    const chunk = Buffer.alloc(256 * 1024, 'x');
    const size = 32 * 1024 * 1024;
    let read = 0;
    const chunks = function* (): Generator<Buffer> {
      for (; read < size; read += chunk.length) yield chunk;
    };
    const dms = await new CountingSimulator('amtsbote', 'sftp-secret-1', () => read).start();
    servers.push(dms);
    const server = { host: '127.0.0.1', port: dms.port, username: 'amtsbote', password: 'sftp-secret-1', hostKeys: [dms.hostKey] };
    const open = async (): Promise<Readable> => Readable.from(chunks(), { objectMode: false });
    // The simulated disk keeps no bytes of it: what is looked at is how far reading runs ahead.
    const error = await failure(
      port({ drop: { type: 'sftp', ...server, directory: dms.directory } }).file(
        request([{ ...aDocument('Luftbild.tif', ''), size, open }]),
        new TestDelivery('filing-1'),
      ),
    );
    expect(error.code).toBe('dms-xdomea/content-incomplete');
    expect(read).toBe(size);
    expect(dms.aheadMax).toBeLessThanOrEqual(AHEAD_BYTES_MAX);
  });
});

/** Counts what arrives, and throws it away. */
class CountingSimulator extends XdomeaSimulator {
  aheadMax = 0;
  private arrived = 0;

  constructor(
    username: string,
    password: string,
    private readonly read: () => number,
  ) {
    super(username, password);
    this.files.append = (_path, piece) => {
      this.arrived += piece.length;
      this.aheadMax = Math.max(this.aheadMax, this.read() - this.arrived);
    };
  }
}

describe('a schema of the operator', () => {
  const xsd = (content: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:xoev-de:xdomea:schema:4.0.0" elementFormDefault="qualified">${content}</xs:schema>`;
  const lax = xsd(
    '<xs:element name="FVDaten.SGOAblegen.0605"><xs:complexType><xs:sequence><xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence><xs:anyAttribute processContents="skip"/></xs:complexType></xs:element>',
  );

  it('lets through what is valid, and refuses what is not before anything is written', async () => {
    await writeFile(join(directory, 'gut.xsd'), lax);
    await writeFile(
      join(directory, 'streng.xsd'),
      xsd('<xs:element name="FVDaten.SGOAblegen.0605" type="xs:integer" xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'),
    );
    const inbox = await mkdtemp(join(directory, 'inbox-'));
    const withSchema = (entry: string): DmsPort =>
      port({ drop: { type: 'folder', directory: inbox }, schema: { folder: directory, entry } });
    expect(await failure(withSchema('streng.xsd').file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'untransferable',
      code: 'dms-xdomea/schema-violated',
    });
    expect(await readdir(inbox)).toEqual([]);
    expect(await failure(withSchema('nie.xsd').file(request(), new TestDelivery('filing-1')))).toEqual({
      kind: 'misconfigured',
      code: 'dms-xdomea/schema-unusable',
    });
    expect(await withSchema('nie.xsd').probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: false });
    await withSchema('gut.xsd').file(request(), new TestDelivery('filing-1'));
    expect(await readdir(inbox)).toHaveLength(1);
  });
});
