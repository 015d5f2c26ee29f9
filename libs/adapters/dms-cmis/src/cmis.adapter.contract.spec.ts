// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { type DeliveryError, type DmsPort, type FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-cmis';
import {
  CmisSimulator,
  NAMED_ARCHIVE,
  type SimulatedArchive,
  TRADE_ARCHIVE,
  tradeArchiveOptions,
} from '@amtsbote/adapters/dms-cmis/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, describe, expect, it } from '@jest/globals';

/** Linux may grow the buffers of a loopback connection to 4 + 32 MB (tcp_wmem, tcp_rmem). */
const BUFFERS_BYTES_MAX = 64 * 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'cmis' };
const opened: { simulators: CmisSimulator[]; ports: DmsPort[] } = { simulators: [], ports: [] };

async function start(archive: SimulatedArchive = TRADE_ARCHIVE): Promise<CmisSimulator> {
  const cmis = await new CmisSimulator(archive).start();
  opened.simulators.push(cmis);
  return cmis;
}
type Options = Record<string, unknown>;
function port(cmis: CmisSimulator, change: (options: Options) => Options = (options) => options, archive = TRADE_ARCHIVE): DmsPort {
  const created = adapter.create(adapter.options.parse(change(tradeArchiveOptions(cmis.baseUrl, archive))), environment);
  opened.ports.push(created);
  return created;
}
afterEach(async () => {
  await Promise.all(opened.ports.splice(0).map((each) => each.close()));
  await Promise.all(opened.simulators.splice(0).map((each) => each.stop()));
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
const failed = async (call: Promise<unknown>): Promise<string> => {
  const { kind, code, hintKey } = await failure(call);
  return `${kind} ${code}${hintKey === undefined ? '' : ` ${hintKey}`}`;
};
const section = (options: Options, name: string): Options => options[name] as Options;
const changed =
  (name: string, more: Options) =>
  (options: Options): Options => ({ ...options, [name]: { ...section(options, name), ...more } });
const filing = (number = 1, memory = new EffectMemory(), attempt = 1): TestDelivery =>
  new TestDelivery(`filing-${number}`, memory, attempt);
const once = { akten: 1, vorgaenge: 1, documents: 1, duplicates: [] };

describe('two processes', () => {
  it.each([
    ['a key property', TRADE_ARCHIVE],
    ['names alone', NAMED_ARCHIVE],
  ])('that open the same new Akte end with one, by %s', async (_by, archive) => {
    const cmis = await start(archive);
    const processes = [1, 2, 3, 4, 5, 6].map((number) => ({ number, dms: port(cmis, undefined, archive) }));
    await Promise.all(processes.map(({ number, dms }) => dms.file(request(number), filing(number))));
    expect(cmis.books()).toMatchObject({ akten: 1, vorgaenge: 6, documents: 6, duplicates: [] });
  });

  it('that file the same act at the same time end with each thing once', async () => {
    const cmis = await start();
    const receipts = await Promise.all([port(cmis), port(cmis)].map((dms) => dms.file(request(), filing())));
    expect(receipts[0]).toEqual(receipts[1]);
    expect(cmis.books()).toMatchObject(once);
  });
});

describe('a search that lags behind', () => {
  it('does not double what it does not know yet: the taken name is looked at', async () => {
    const cmis = await start();
    cmis.isIndexLagging = true;
    const first = await port(cmis).file(request(), filing());
    await expect(port(cmis).file(request(), filing())).resolves.toEqual(first);
    await port(cmis).file(request(2), filing(2));
    expect(cmis.books()).toMatchObject({ akten: 1, vorgaenge: 2, documents: 2, versions: 2, duplicates: [] });
  });
});

describe('names', () => {
  it('of Akten go into the cabinet that the rule of the Aktenplan names', async () => {
    const cmis = await start();
    const dms = port(cmis, changed('akte', { cabinets: { oben: { path: '/Gewerbeamt' } } }));
    const place = {
      ...{ rule: 'r', version: 1, cabinet: 'oben', classes: {}, akte: { key: 'r/1', title: 'Akte' }, vorgang: { title: 'Vorgang' } },
    };
    const { akte } = await dms.file({ ...request(), place }, filing());
    expect(cmis.repository.get(akte.id).parentId).toBe(cmis.repository.byPath(['Gewerbeamt']).id);
  });

  it('that a repository does not take are made legal; content and index data keep them as they were', async () => {
    const cmis = await start();
    const names = ['a:b.pdf', 'a?b.pdf', '  x\u0007y. .', 'Ü'.repeat(120) + '"end".pdf'];
    await port(cmis).file(
      request(
        1,
        names.map((name) => aDocument(name)),
      ),
      filing(),
    );
    const stored = [...cmis.repository.objects.values()].filter(({ typeId }) => typeId === 'town:dokument');
    const shown = stored.map(({ properties }) => String(properties.get('cmis:name')));
    expect(shown[0]).toBe('a_b.pdf');
    expect(shown[1]).toMatch(/^a_b \([0-9a-f]{10}\)\.pdf$/);
    expect(shown[2]).toBe('xy. _');
    expect(shown[3]).toBe(`${'Ü'.repeat(120)}_end_.pdf`);
    expect(stored.map(({ properties }) => properties.get('town:originalname'))).toEqual(names);
  });

  it('of an upload and of the decision may be equal: both are kept', async () => {
    const cmis = await start();
    await port(cmis).file(request(1, [aDocument('Bescheid.pdf', 'of the citizen')]), filing());
    const documents = [aDocument('Bescheid.pdf', 'of the office', { role: 'decision' })];
    await port(cmis).file(request(1, documents), new TestDelivery('decision-1'));
    expect(cmis.books()).toMatchObject({ akten: 1, vorgaenge: 1, documents: 2, duplicates: [] });
  });

  it('go over the wire composed, whatever form they came in', async () => {
    const cmis = await start();
    await port(cmis).file(request(1, [aDocument('Übergröße.pdf'.normalize('NFD'))]), filing());
    const [document] = cmis.contents().akten[0]?.vorgaenge[0]?.documents ?? [];
    expect(document?.fileName).toBe('Übergröße.pdf'.normalize('NFC'));
  });
});

describe('credentials', () => {
  it('go nowhere else: a redirect is not followed', async () => {
    const [cmis, elsewhere] = [await start(), await start()];
    cmis.redirectTo = elsewhere.url;
    expect(await failed(port(cmis).file(request(), filing()))).toBe('misconfigured dms-cmis/redirected dmsElsewhere');
    expect(elsewhere.requests).toEqual([]);
  });

  it('go nowhere else: a service document that leads away is refused', async () => {
    const [cmis, elsewhere] = [await start(), await start()];
    cmis.linkOrigin = elsewhere.url;
    expect(await failed(port(cmis).file(request(), filing()))).toBe('misconfigured dms-cmis/links-elsewhere dmsElsewhere');
    expect(elsewhere.requests).toEqual([]);
    expect(cmis.requests).toEqual(['GET /cmis/browser']);
  });

  it('that are wrong are tried once and pause the instance', async () => {
    const cmis = await start();
    const auth = { kind: 'basic', username: TRADE_ARCHIVE.username, password: 'wrong' };
    const dms = port(cmis, (options) => ({ ...options, auth }));
    expect(await failed(dms.file(request(), filing()))).toBe('misconfigured dms-cmis/login-refused dmsLogin');
    expect(cmis.requests).toEqual(['GET /cmis/browser']);
  });

  it('may be a bearer token', async () => {
    const archive = { ...TRADE_ARCHIVE, token: 'sim-token' };
    const cmis = await start(archive);
    await port(cmis, (options) => ({ ...options, auth: { kind: 'bearer', token: 'sim-token' } })).file(request(), filing());
    expect(cmis.books()).toMatchObject(once);
  });
});

describe('what the configuration and the repository do not agree on', () => {
  it.each([
    ['an unknown repository', (o: Options) => ({ ...o, repositoryId: 'B2' }), 'unknown-repository dmsMissing', 'repository'],
    ['an unknown type', changed('document', { type: 'town:document' }), 'unknown-type dmsType', 'type of documents'],
    ['a folder type for documents', changed('document', { type: 'town:akte' }), 'wrong-base-type dmsType', 'type of documents'],
    ['an unknown property', changed('vorgang', { properties: { 'town:x': '"x"' } }), 'unknown-property dmsProperty', 'type of Vorgänge'],
    [
      'a property of the repository',
      changed('vorgang', { properties: { 'cmis:createdBy': '"x"' } }),
      'property-read-only dmsProperty',
      'type of Vorgänge',
    ],
    [
      'a key of several values',
      changed('vorgang', { keyProperty: 'town:leika', properties: {} }),
      'key-property-unfit dmsProperty',
      'type of Vorgänge',
    ],
    ['a missing folder', changed('akte', { parent: { path: '/Bauamt' } }), 'folder-missing dmsMissing', 'folder for Akten'],
  ])('%s pauses the instance before anything is written, and shows in the probe', async (_what, change, code, check) => {
    const cmis = await start();
    const dms = port(cmis, change);
    const before = cmis.books();
    expect(await failed(dms.file(request(), filing()))).toBe(`misconfigured dms-cmis/${code}`);
    const { ok, checks } = await dms.probe(AbortSignal.timeout(5_000));
    expect({ ok, failing: checks.filter((each) => !each.ok).map(({ name }) => name) }).toEqual({ ok: false, failing: [check] });
    expect(cmis.books()).toEqual(before);
  });

  it('is seen again right after it was corrected', async () => {
    const cmis = await start();
    const dms = port(cmis, changed('vorgang', { properties: { 'town:neu': '"x"' } }));
    expect(await failed(dms.file(request(), filing()))).toContain('unknown-property');
    const type = cmis.repository.types.get('town:vorgang');
    Object.assign(type, { properties: [...type.properties, { id: 'town:neu' }] });
    await dms.file(request(), filing());
    expect(cmis.books()).toMatchObject(once);
  });

  it('is a required property without a mapping', async () => {
    const required = TRADE_ARCHIVE.types.map((type) =>
      type.id === 'town:vorgang' ? { ...type, properties: [...type.properties, { id: 'town:federfuehrung', required: true }] } : type,
    );
    const error = await failure(port(await start({ ...TRADE_ARCHIVE, types: required })).file(request(), filing()));
    expect(error).toMatchObject({ kind: 'misconfigured', code: 'dms-cmis/required-property-unmapped', hintKey: 'dmsProperty' });
    expect(error.message).toContain('town:federfuehrung');
  });

  it('is a right: the probe names it, and a filing pauses the instance', async () => {
    const cmis = await start();
    cmis.repository.forbidden.add(cmis.repository.byPath(['Gewerbeamt', 'Akten']).id);
    const { checks } = await port(cmis).probe(AbortSignal.timeout(5_000));
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { name: 'folder for Akten', ok: false, detail: 'the user lacks canCreateFolder there' },
    ]);
    expect(await failed(port(cmis).file(request(), filing()))).toBe('misconfigured dms-cmis/permission-denied dmsRights');
  });

  it('is named with the nearest type there is', async () => {
    const { checks } = await port(await start(), changed('document', { type: 'town:document' })).probe(AbortSignal.timeout(5_000));
    expect(checks.find(({ name }) => name === 'type of documents')?.detail).toContain('did you mean town:dokument?');
  });
});

describe('a value that its property does not take', () => {
  it.each([
    ['too long', { 'town:vorgangsnummer': `"${'x'.repeat(51)}"` }, 'value-too-long dmsValueTooLong', 'town:vorgangsnummer'],
    ['no choice', { 'town:leistung': '"Hundesteuer"' }, 'value-not-a-choice dmsChoice', 'town:leistung'],
    ['no date', { 'town:eingang': '"gestern"' }, 'value-of-wrong-type dmsMapping', 'town:eingang'],
    ['several', { 'town:formularname': '["a", "b"]' }, 'too-many-values dmsMapping', 'town:formularname'],
  ])('(%s) is named with the property and without the value, before anything is written', async (_what, properties, code, id) => {
    const cmis = await start();
    const before = cmis.books();
    const error = await failure(port(cmis, changed('vorgang', { properties })).file(request(), filing()));
    expect(`${error.code} ${error.hintKey ?? ''}`).toBe(`dms-cmis/${code}`);
    expect(error.kind).toBe('untransferable');
    expect(error.message).toContain(id);
    expect(error.message).not.toMatch(/xxx|Hundesteuer|gestern/);
    expect(cmis.books()).toEqual(before);
  });
});

describe('a repository that does not take it now', () => {
  it('because its quota is full: tried again later', async () => {
    const cmis = await start();
    cmis.quotaBytes = 3;
    const memory = new EffectMemory();
    expect(await failed(port(cmis).file(request(), filing(1, memory)))).toBe('unavailable dms-cmis/storage-full dmsStorage');
    cmis.quotaBytes = Number.POSITIVE_INFINITY;
    await port(cmis).file(request(), filing(1, memory, 2));
    expect(cmis.books()).toMatchObject(once);
  });

  it('because it restarts in the middle: completed afterwards, each thing once', async () => {
    const cmis = await start();
    const memory = new EffectMemory();
    const document = aDocument('Antrag.pdf');
    const address = Number(new URL(cmis.url).port);
    const stopping = { ...document, open: async () => (await cmis.stop(), document.open()) };
    const error = await failure(port(cmis).file(request(1, [stopping]), filing(1, memory)));
    expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
    await cmis.start(address);
    await port(cmis).file(request(), filing(1, memory, 2));
    expect(cmis.books()).toMatchObject(once);
  });

  it('because the time ends in the middle of an upload: nothing half is there, and the next attempt completes it', async () => {
    const cmis = await start();
    const memory = new EffectMemory();
    const endless = async (): Promise<Readable> => new Readable({ read: () => undefined });
    const stuck = { ...aDocument('Antrag.pdf'), open: endless };
    const timeouts = { uploadMs: 1_000 };
    expect(await failed(port(cmis, (o) => ({ ...o, timeouts })).file(request(1, [stuck]), filing(1, memory)))).toBe(
      'outcomeUnknown dms-cmis/answer-lost',
    );
    expect(cmis.books()).toMatchObject({ documents: 0 });
    await port(cmis).file(request(), filing(1, memory, 2));
    expect(cmis.books()).toMatchObject(once);
  });
});

describe('two objects with the same key', () => {
  it('are for a clerk, and neither is written to', async () => {
    const cmis = await start();
    const dms = port(cmis);
    const { akte } = await dms.file(request(1), filing(1));
    cmis.repository.copy(akte.id);
    const before = cmis.books();
    expect(await failed(dms.file(request(2), filing(2)))).toBe('refused dms-cmis/ambiguous dmsAmbiguous');
    await expect(dms.find(request(2), filing(2))).resolves.toBe('cannotTell');
    expect(cmis.books()).toEqual(before);
  });

  it('are noticed when the second comes on another page', async () => {
    const cmis = await start({ ...TRADE_ARCHIVE, query: 'none' });
    const dms = port(cmis);
    const { akte } = await dms.file(request(1), filing(1));
    for (let number = 1; number < 5; number += 1)
      await dms.file({ ...request(9), application: anApplication({ tenant: `0571100000${number}0` }) }, filing(number + 10));
    cmis.repository.copy(akte.id);
    cmis.pageMax = 2;
    await expect(dms.find(request(1), filing(1))).resolves.toBe('cannotTell');
  });
});

describe('content', () => {
  it('that got lost on the way although the repository said 201 is sent again, as a new version', async () => {
    const cmis = await start();
    cmis.dropsContent = true;
    const memory = new EffectMemory();
    expect(await failed(port(cmis).file(request(), filing(1, memory)))).toBe('unavailable dms-cmis/content-incomplete');
    await expect(port(cmis).find(request(), filing())).resolves.toBe('absent');
    cmis.dropsContent = false;
    const { documents } = await port(cmis).file(request(), filing(1, memory, 2));
    // As created, as replaced in vain in the same attempt, as replaced in the second.
    expect(cmis.books()).toMatchObject({ ...once, versions: 3, workingCopies: 0 });
    expect(cmis.contents().akten[0]?.vorgaenge[0]?.documents[0]).toMatchObject({ id: documents[0]?.id, size: 21 });
  });

  it('is overwritten where the type keeps no versions', async () => {
    const cmis = await start(NAMED_ARCHIVE);
    cmis.storesShort = true;
    const memory = new EffectMemory();
    await failure(port(cmis, undefined, NAMED_ARCHIVE).file(request(), filing(1, memory)));
    cmis.storesShort = false;
    await port(cmis, undefined, NAMED_ARCHIVE).file(request(), filing(1, memory, 2));
    expect(cmis.books()).toMatchObject({ ...once, versions: 1 });
    expect(cmis.requests.filter((line) => line.startsWith('POST')).length).toBeGreaterThan(4);
  });

  it('of a document that somebody has checked out waits; our own check-out of an earlier attempt is gone on with', async () => {
    const cmis = await start();
    cmis.storesShort = true;
    const memory = new EffectMemory();
    await failure(port(cmis).file(request(), filing(1, memory)));
    cmis.storesShort = false;
    const [{ id } = { id: '' }] = cmis.contents().akten[0]?.vorgaenge[0]?.documents ?? [];
    const theirs = cmis.repository.checkOut(id, 'clerk');
    expect(await failed(port(cmis).file(request(), filing(1, memory, 2)))).toBe('unavailable dms-cmis/checked-out dmsLocked');
    cmis.repository.cancelCheckOut(theirs.id);
    cmis.repository.checkOut(id, TRADE_ARCHIVE.username);
    await port(cmis).file(request(), filing(1, memory, 3));
    expect(cmis.books()).toMatchObject({ ...once, workingCopies: 0 });
  });

  it('of the right length and other bytes is noticed when it is read back', async () => {
    const cmis = await start();
    const dms = port(cmis, changed('document', { verify: 'content' }));
    const { documents } = await dms.file(request(), filing());
    const stored = cmis.repository.get(documents[0]?.id ?? '');
    expect(await dms.find(request(), filing())).toHaveProperty('found');
    if (stored.content !== undefined) stored.content = { ...stored.content, bytes: Buffer.alloc(stored.content.length, 'x') };
    await expect(dms.find(request(), filing())).resolves.toBe('absent');
  });

  it.each([-1, 1])('whose stream is not as long as described (%i byte) is no success and leaves no document behind', async (more) => {
    const cmis = await start();
    const wrong = { ...aDocument('Antrag.pdf', 'ten bytes.'), open: async () => Readable.from([Buffer.alloc(10 + more, 'x')]) };
    await failure(port(cmis).file(request(1, [wrong]), filing()));
    expect(cmis.books()).toMatchObject({ documents: 0 });
  });

  it('above the configured limit is not begun', async () => {
    const cmis = await start();
    const dms = port(cmis, (options) => ({ ...options, limits: { documentBytesMax: 5 } }));
    expect(await failed(dms.file(request(), filing()))).toBe('untransferable dms-cmis/document-too-large dmsTooLarge');
    expect(cmis.requests).toEqual([]);
  });

  it('of 500 MB is never held: what is read from the store goes out before more is read', async () => {
    const cmis = await start();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 500 * 1024 * 1024;
    // One line per piece that was read although more than the buffers of streams and sockets can hold had not arrived.
    const ahead: string[] = [];
    let opens = 0;
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        if (read - cmis.contentBytesArrived > BUFFERS_BYTES_MAX) ahead.push(`${read} read, ${cmis.contentBytesArrived} arrived`);
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => {
      opens += 1;
      return Readable.from(chunks(), { objectMode: false });
    };
    await port(cmis).file(request(1, [{ ...aDocument('Luftbild.tif', ''), size, open }]), filing());
    expect(cmis.books()).toMatchObject({ documents: 1, versions: 1, contentBytes: size });
    expect({ opens, ahead: ahead.slice(0, 5) }).toEqual({ opens: 1, ahead: [] });
  });
});
