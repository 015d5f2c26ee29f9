// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import { type DeliveryError, type DmsPort, type FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-dvelop';
import { DvelopSimulator, type SimulatedTown, TRADE_TOWN, tradeTownOptions } from '@amtsbote/adapters/dms-dvelop/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, describe, expect, it } from '@jest/globals';

/** Linux may grow the buffers of a loopback connection to 4 + 32 MB (tcp_wmem, tcp_rmem). */
const BUFFERS_BYTES_MAX = 64 * 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'dvelop' };
const opened: { simulators: DvelopSimulator[]; ports: DmsPort[] } = { simulators: [], ports: [] };

async function start(town: SimulatedTown = TRADE_TOWN): Promise<DvelopSimulator> {
  const dvelop = await new DvelopSimulator(town).start();
  opened.simulators.push(dvelop);
  return dvelop;
}
type Options = Record<string, unknown>;
function port(dvelop: DvelopSimulator, change: (options: Options) => Options = (options) => options): DmsPort {
  const created = adapter.create(adapter.options.parse(change(tradeTownOptions(dvelop.baseUrl))), environment);
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
const changed =
  (name: string, more: Options) =>
  (options: Options): Options => ({ ...options, [name]: { ...(options[name] as Options), ...more } });
const filing = (number = 1, memory = new EffectMemory(), attempt = 1): TestDelivery =>
  new TestDelivery(`filing-${number}`, memory, attempt);
const once = { akten: 1, vorgaenge: 1, documents: 1, duplicates: [] };

describe('two processes', () => {
  it('that create the same Akte at the same moment end with one, although the DMS takes both', async () => {
    const dvelop = await start();
    dvelop.meet('AKTE', 2);
    const receipts = await Promise.all([1, 2].map((number) => port(dvelop).file(request(number), filing(number))));
    expect(receipts[0]?.akte).toEqual(receipts[1]?.akte);
    expect(dvelop.books()).toMatchObject({ akten: 1, vorgaenge: 2, documents: 2, duplicates: [] });
    // Both were there, and one was removed again.
    expect(dvelop.requests.filter((line) => line.startsWith('DELETE'))).toHaveLength(1);
  });

  it('that file the same act at the same moment end with each thing once', async () => {
    const dvelop = await start();
    for (const category of ['AKTE', 'VORGANG', 'DOKUMENT']) {
      dvelop.meet(category, 2);
      await Promise.allSettled([port(dvelop), port(dvelop)].map((dms) => dms.file(request(), filing())));
    }
    expect(dvelop.books()).toMatchObject(once);
  });

  it('of which one dies after creating the second Akte: it goes on with the first, the empty one does not count', async () => {
    const dvelop = await start();
    const first = await port(dvelop).file(request(1), filing(1));
    const surplus = dvelop.repository.copy(first.akte.id);
    const second = await port(dvelop).file(request(2), filing(2));
    expect(second.akte.id).toBe(first.akte.id);
    expect(dvelop.repository.childrenOf(surplus.id)).toEqual([]);
  });

  it('leave it to a clerk where ids tell nothing of the order', async () => {
    const dvelop = await start({ ...TRADE_TOWN, ids: 'random' });
    dvelop.meet('AKTE', 2);
    const outcomes = await Promise.all([1, 2].map((number) => failed(port(dvelop).file(request(number), filing(number)))));
    expect(outcomes).toEqual(Array(2).fill('refused dms-dvelop/ambiguous dmsAmbiguous'));
    expect(dvelop.books()).toMatchObject({ vorgaenge: 0, documents: 0 });
  });
});

describe('two objects with the same key', () => {
  it.each([true, false])(
    'are for a clerk when something lies in both, and neither is written to (children searchable: %s)',
    async (children) => {
      const dvelop = await start({ ...TRADE_TOWN, searchesChildren: children });
      const { akte } = await port(dvelop).file(request(1), filing(1));
      const copy = dvelop.repository.copy(akte.id);
      if (children) Object.assign(dvelop.repository.copy(dvelop.repository.childrenOf(akte.id)[0]?.id ?? ''), { parentId: copy.id });
      const before = dvelop.books();
      expect(await failed(port(dvelop).file(request(2), filing(2)))).toBe('refused dms-dvelop/ambiguous dmsAmbiguous');
      await expect(port(dvelop).find(request(2), filing(2))).resolves.toBe('cannotTell');
      expect(dvelop.books()).toEqual(before);
    },
  );

  it('are noticed when the second comes on another page', async () => {
    const dvelop = await start({ ...TRADE_TOWN, searchesChildren: false });
    const { akte } = await port(dvelop).file(request(1), filing(1));
    dvelop.repository.copy(akte.id);
    dvelop.pageMax = 1;
    await expect(port(dvelop).find(request(1), filing(1))).resolves.toBe('cannotTell');
  });

  it('are no two when a lenient search only thinks so', async () => {
    const dvelop = await start();
    const keyed = (key: string): DmsPort => port(dvelop, changed('akte', { key: `"${key}"` }));
    await keyed('gew-1').file(request(1), filing(1));
    await keyed('GEW-1').file(request(2), filing(2));
    expect(dvelop.books()).toMatchObject({ akten: 2, vorgaenge: 2 });
  });
});

describe('links', () => {
  it('lead into the cabinet that the rule of the Aktenplan names', async () => {
    const dvelop = await start();
    const above = await port(dvelop).file(request(), filing());
    const dms = port(dvelop, changed('akte', { cabinets: { oben: above.akte.id } }));
    const place = {
      ...{ rule: 'r', version: 1, cabinet: 'oben', classes: {}, akte: { key: 'r/1', title: 'Akte' }, vorgang: { title: 'Vorgang' } },
    };
    const { akte } = await dms.file({ ...request(), place }, filing(2));
    expect(dvelop.repository.get(akte.id).parentId).toBe(above.akte.id);
  });

  it('are followed, wherever they lead within the server', async () => {
    const dvelop = await start();
    dvelop.linkOrigin = dvelop.url;
    await port(dvelop).file(request(), filing());
    expect(dvelop.books()).toMatchObject(once);
  });

  it('that lead away are refused: the key goes nowhere else', async () => {
    const [dvelop, elsewhere] = [await start(), await start()];
    dvelop.linkOrigin = elsewhere.url;
    expect(await failed(port(dvelop).file(request(), filing()))).toBe('misconfigured dms-dvelop/links-elsewhere dmsElsewhere');
    expect(elsewhere.requests).toEqual([]);
    expect(dvelop.requests).toEqual(['GET /dms']);
  });

  it('do not make up for a redirect: it is not followed', async () => {
    const [dvelop, elsewhere] = [await start(), await start()];
    dvelop.redirectTo = elsewhere.url;
    expect(await failed(port(dvelop).file(request(), filing()))).toBe('misconfigured dms-dvelop/redirected dmsElsewhere');
    expect(elsewhere.requests).toEqual([]);
  });

  it('for writing that are not offered: read-only for now, and the probe says so', async () => {
    const dvelop = await start();
    dvelop.readOnly = true;
    const memory = new EffectMemory();
    expect(await failed(port(dvelop).file(request(), filing(1, memory)))).toBe('unavailable dms-dvelop/read-only dmsReadOnly');
    const { checks } = await port(dvelop).probe(AbortSignal.timeout(5_000));
    expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['rights']);
    dvelop.readOnly = false;
    await port(dvelop).file(request(), filing(1, memory, 2));
    expect(dvelop.books()).toMatchObject(once);
  });

  it('are asked for once for many filings, and again after the configuration did not fit', async () => {
    const dvelop = await start();
    const dms = port(dvelop);
    await Promise.all([1, 2, 3, 4].map((number) => dms.file(request(number), filing(number))));
    expect(dvelop.requests.filter((line) => line === 'GET /dms')).toHaveLength(1);
    const wrong = port(dvelop, changed('akte', { category: 'AKTEN' }));
    for (const _attempt of [1, 2]) await failure(wrong.file(request(), filing()));
    expect(dvelop.requests.filter((line) => line === 'GET /dms')).toHaveLength(3);
  });
});

describe('what the configuration and the DMS do not agree on', () => {
  it.each([
    ['a wrong key', (o: Options) => ({ ...o, apiKey: 'wrong' }), 'login-refused dmsLogin', 'repository'],
    ['an unknown repository', (o: Options) => ({ ...o, repositoryId: 'B2' }), 'repository-missing dmsMissing', 'repository'],
    ['an unknown category', changed('document', { category: 'DOKUMENTE' }), 'unknown-category dmsType', 'category of documents'],
    [
      'an unknown property',
      changed('vorgang', { properties: { x: '"x"' }, rules: {} }),
      'unknown-property dmsProperty',
      'category of Vorgänge',
    ],
    ['an unknown key property', changed('akte', { keyProperty: 'x' }), 'unknown-property dmsProperty', 'category of Akten'],
  ])('%s pauses the instance before anything is written, and shows in the probe', async (_what, change, code, check) => {
    const dvelop = await start();
    const dms = port(dvelop, change);
    expect(await failed(dms.file(request(), filing()))).toBe(`misconfigured dms-dvelop/${code}`);
    const { ok, checks } = await dms.probe(AbortSignal.timeout(5_000));
    expect(ok).toBe(false);
    expect(checks.filter((each) => !each.ok).map(({ name }) => name)).toContain(check);
    expect(dvelop.books().changes).toBe(0);
    expect(dvelop.requests.filter((line) => !line.startsWith('GET'))).toEqual([]);
  });

  it('is told by the DMS where another source is configured, whose keys nobody can check before', async () => {
    const dvelop = await start();
    const dms = port(dvelop, (o) => ({ ...changed('akte', { category: 'AKTEN' })(o), sourceId: '/amtsbote/source' }));
    expect(await failed(dms.file(request(), filing()))).toBe('misconfigured dms-dvelop/creation-not-understood dmsProperty');
  });

  it('is a dossier above the Akten that is not there', async () => {
    const dvelop = await start();
    const dms = port(dvelop, changed('akte', { parentId: 'D999999999' }));
    expect(await failed(dms.file(request(), filing()))).toBe('misconfigured dms-dvelop/category-or-dossier-missing dmsType');
    const { checks } = await dms.probe(AbortSignal.timeout(5_000));
    expect(checks.find(({ ok }) => !ok)?.name).toBe('dossier above the Akten');
  });

  it('is named with the nearest category there is', async () => {
    const { checks } = await port(await start(), changed('document', { category: 'DOKUMENTE' })).probe(AbortSignal.timeout(5_000));
    expect(checks.find(({ name }) => name === 'category of documents')?.detail).toContain('did you mean DOKUMENT?');
  });
});

describe('a value that a property does not take', () => {
  it.each([
    ['too long for its rule', { rules: { leistung: { lengthMax: 5 } } }, 'value-too-long dmsValueTooLong', 'leistung'],
    ['missing', { properties: { leistung: '""' }, rules: { leistung: { required: true } } }, 'value-missing dmsRequired', 'leistung'],
    ['no choice', { rules: { leistung: { choices: ['Hundesteuer'] } } }, 'value-not-a-choice dmsChoice', 'leistung'],
  ])('(%s) is named with the property and without the value, before anything is asked', async (_what, more, code, name) => {
    const dvelop = await start();
    const error = await failure(port(dvelop, changed('vorgang', more)).file(request(), filing()));
    expect(`${error.kind} ${error.code} ${error.hintKey ?? ''}`).toBe(`untransferable dms-dvelop/${code}`);
    expect(error.message).toContain(name);
    expect(inspect(error)).not.toContain('Gewerbeanmeldung');
    expect(dvelop.requests).toEqual([]);
  });

  it('as a list goes in as a list', async () => {
    const dvelop = await start();
    const several = {
      ...request(),
      application: anApplication({ publicService: { leikaKeys: ['99050012104000', '99050012104001'], name: 'x' } }),
    };
    await port(dvelop).file(several, filing());
    expect(dvelop.contents().akten[0]?.vorgaenge[0]?.properties['leika']).toBe('99050012104000; 99050012104001');
  });

  it.each(['GEW*', 'GEW?1', 'GEW\u0007'])('is a key that a search would read as a pattern: %j', async (key) => {
    const keyed = { ...request(), application: anApplication({ tenant: key }) };
    expect(await failed(port(await start()).file(keyed, filing()))).toBe('untransferable dms-dvelop/not-mappable dmsMapping');
  });
});

describe('a DMS that does not take it now', () => {
  it('because its quota is full: tried again later', async () => {
    const dvelop = await start();
    dvelop.quotaBytes = 3;
    const memory = new EffectMemory();
    expect(await failed(port(dvelop).file(request(), filing(1, memory)))).toBe('unavailable dms-dvelop/storage-full dmsStorage');
    dvelop.quotaBytes = Number.POSITIVE_INFINITY;
    await port(dvelop).file(request(), filing(1, memory, 2));
    expect(dvelop.books()).toMatchObject(once);
  });

  it('because its virus scanner refuses a document: for a clerk, with a sentence of its own', async () => {
    const dvelop = await start();
    dvelop.virus = 'EICAR';
    const infected = request(1, [aDocument('Antrag.pdf', 'an EICAR test')]);
    const error = await failure(port(dvelop).file(infected, filing()));
    expect(`${error.kind} ${error.code} ${error.hintKey ?? ''}`).toBe('refused dms-dvelop/virus-refused dmsVirus');
    expect(inspect(error, { depth: 9 })).not.toContain('infiziert');
  });

  it('because it restarts in the middle: completed afterwards, each thing once', async () => {
    const dvelop = await start();
    const memory = new EffectMemory();
    const document = aDocument('Antrag.pdf');
    const address = Number(new URL(dvelop.url).port);
    const stopping = { ...document, open: async () => (await dvelop.stop(), document.open()) };
    const error = await failure(port(dvelop).file(request(1, [stopping]), filing(1, memory)));
    expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
    await dvelop.start(address);
    await port(dvelop).file(request(), filing(1, memory, 2));
    expect(dvelop.books()).toMatchObject(once);
  });

  it('because the time ends in the middle of an upload: nothing but loose content is there, and the next attempt completes it', async () => {
    const dvelop = await start();
    const memory = new EffectMemory();
    const stuck = { ...aDocument('Antrag.pdf'), open: async () => new Readable({ read: () => undefined }) };
    const timeouts = { uploadMs: 1_000 };
    const dms = port(dvelop, (o) => ({ ...o, timeouts }));
    expect(await failed(dms.file(request(1, [stuck]), filing(1, memory)))).toBe('unavailable dms-dvelop/unreachable');
    expect(dvelop.books()).toMatchObject({ documents: 0 });
    await port(dvelop).file(request(), filing(1, memory, 2));
    expect(dvelop.books()).toMatchObject({ ...once, looseBlobs: 0 });
  });
});

describe('content', () => {
  it('that did not arrive completely is sent again as a new version; somebody who processes the document is waited for', async () => {
    const dvelop = await start();
    dvelop.storesShort = true;
    const memory = new EffectMemory();
    expect(await failed(port(dvelop).file(request(), filing(1, memory)))).toBe('unavailable dms-dvelop/content-incomplete');
    dvelop.storesShort = false;
    const [{ id } = { id: '' }] = dvelop.contents().akten[0]?.vorgaenge[0]?.documents ?? [];
    dvelop.repository.locked.add(id);
    expect(await failed(port(dvelop).file(request(), filing(1, memory, 2)))).toBe('unavailable dms-dvelop/locked dmsLocked');
    dvelop.repository.locked.clear();
    await port(dvelop).file(request(), filing(1, memory, 3));
    // As created, as replaced in vain in the same attempt, as replaced in the third.
    expect(dvelop.books()).toMatchObject({ ...once, versions: 3 });
  });

  it('of the right length and other bytes is noticed when it is read back', async () => {
    const dvelop = await start();
    const dms = port(dvelop, changed('document', { verify: 'content' }));
    const { documents } = await dms.file(request(), filing());
    expect(await dms.find(request(), filing())).toHaveProperty('found');
    const { versions } = dvelop.repository.get(documents[0]?.id ?? '');
    const length = versions[0]?.blob.length ?? 0;
    versions.push({ fileName: 'Antrag.pdf', blob: { length, sha512: '', bytes: Buffer.alloc(length, 'x') } });
    await expect(dms.find(request(), filing())).resolves.toBe('absent');
    await expect(port(dvelop).find(request(), filing())).resolves.toHaveProperty('found');
  });

  it.each([-1, 1])('whose stream is not as long as described (%i byte) is no success and leaves no document behind', async (more) => {
    const dvelop = await start();
    const wrong = { ...aDocument('Antrag.pdf', 'ten bytes.'), open: async () => Readable.from([Buffer.alloc(10 + more, 'x')]) };
    await failure(port(dvelop).file(request(1, [wrong]), filing()));
    expect(dvelop.books()).toMatchObject({ documents: 0 });
  });

  it('above the configured limit is not begun', async () => {
    const dvelop = await start();
    const dms = port(dvelop, (options) => ({ ...options, limits: { documentBytesMax: 5 } }));
    expect(await failed(dms.file(request(), filing()))).toBe('untransferable dms-dvelop/document-too-large dmsTooLarge');
    expect(dvelop.requests).toEqual([]);
  });

  it('of 500 MB is never held: what is read from the store goes out before more is read', async () => {
    const dvelop = await start();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 500 * 1024 * 1024;
    const ahead: string[] = [];
    let opens = 0;
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        if (read - dvelop.contentBytesArrived > BUFFERS_BYTES_MAX) ahead.push(`${read} read, ${dvelop.contentBytesArrived} arrived`);
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => {
      opens += 1;
      return Readable.from(chunks(), { objectMode: false });
    };
    await port(dvelop).file(request(1, [{ ...aDocument('Luftbild.tif', ''), size, open }]), filing());
    expect(dvelop.books()).toMatchObject({ documents: 1, versions: 1, contentBytes: size });
    expect({ opens, ahead: ahead.slice(0, 5) }).toEqual({ opens: 1, ahead: [] });
  });
});
