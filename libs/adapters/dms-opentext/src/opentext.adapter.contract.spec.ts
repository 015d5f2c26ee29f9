// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';
import { inspect } from 'node:util';

import { type DeliveryError, type DmsPort, type FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-opentext';
import { OpentextSimulator, type SimulatedServer, TRADE_SERVER, tradeServerOptions } from '@amtsbote/adapters/dms-opentext/simulator';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterEach, describe, expect, it } from '@jest/globals';

/** Linux may grow the buffers of a loopback connection to 4 + 32 MB (tcp_wmem, tcp_rmem). */
const BUFFERS_BYTES_MAX = 64 * 1024 * 1024;
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'opentext' };
const opened: { simulators: OpentextSimulator[]; ports: DmsPort[] } = { simulators: [], ports: [] };

async function start(server: SimulatedServer = TRADE_SERVER, nowMs?: () => number): Promise<OpentextSimulator> {
  const opentext = await new OpentextSimulator(server, nowMs).start();
  opened.simulators.push(opentext);
  return opentext;
}
type Options = Record<string, unknown>;
function port(opentext: OpentextSimulator, change: (options: Options) => Options = (options) => options): DmsPort {
  const created = adapter.create(adapter.options.parse(change(tradeServerOptions(opentext.baseUrl))), environment);
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
const once = { akten: 1, vorgaenge: 1, documents: 1 };
const creations = (opentext: OpentextSimulator): number =>
  opentext.requests.filter((line) => line === 'POST /otcs/cs.exe/api/v2/nodes').length;

describe('the ticket', () => {
  it('is asked for once for many calls at the same time', async () => {
    const opentext = await start();
    const dms = port(opentext);
    await Promise.all([1, 2, 3, 4].map((number) => dms.file(request(number), filing(number))));
    expect(opentext.logins).toBe(1);
  });

  it('is renewed by every answer: work that lasts longer than its life needs no second login', async () => {
    let now = 0;
    const opentext = await start(TRADE_SERVER, () => now);
    opentext.onRequest = () => void (now += TRADE_SERVER.ticketMs * 0.6);
    await port(opentext).file(request(), filing());
    expect(now).toBeGreaterThan(3 * TRADE_SERVER.ticketMs);
    expect(opentext.logins).toBe(1);
  });

  it('that has expired is got anew once, and what was refused is sent again whole', async () => {
    const opentext = await start();
    const document = aDocument('Plan.pdf');
    let opens = 0;
    const expiring = { ...document, open: async () => (++opens === 1 && opentext.expireTickets(), document.open()) };
    await port(opentext).file(request(1, [expiring]), filing());
    expect({ opens, logins: opentext.logins }).toEqual({ opens: 2, logins: 2 });
    expect(opentext.books()).toMatchObject({ ...once, versions: 1 });
  });

  it('that is refused again right after the login pauses the instance', async () => {
    const opentext = await start();
    opentext.refusesTickets = true;
    expect(await failed(port(opentext).file(request(), filing()))).toBe('misconfigured dms-opentext/ticket-refused dmsLogin');
    expect(opentext.logins).toBe(2);
  });

  it('is not given for a wrong password, which is tried once', async () => {
    const opentext = await start();
    const dms = port(opentext, (options) => ({ ...options, password: 'wrong' }));
    expect(await failed(dms.file(request(), filing()))).toBe('misconfigured dms-opentext/login-refused dmsLogin');
    expect(opentext.requests).toEqual(['POST /otcs/cs.exe/api/v1/auth']);
  });

  it('goes nowhere else: a redirect is not followed', async () => {
    const [opentext, elsewhere] = [await start(), await start()];
    opentext.redirectTo = elsewhere.url;
    expect(await failed(port(opentext).file(request(), filing()))).toBe('misconfigured dms-opentext/redirected dmsElsewhere');
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('two processes', () => {
  it('that create the same Akte at the same moment end with one: the loser goes on with the winner’s', async () => {
    const opentext = await start();
    const [winner, loser] = [port(opentext), port(opentext)];
    // The loser has searched and found nothing; before it creates, the winner files all of its own.
    let isOver = false;
    opentext.onRequest = async (line) => {
      if (line !== 'POST v2/nodes' || isOver) return;
      isOver = true;
      await winner.file(request(1), filing(1));
    };
    const second = await loser.file(request(2), filing(2));
    expect(second.akte.id).toBe(opentext.contents().akten[0]?.id);
    expect(opentext.books()).toMatchObject({ akten: 1, vorgaenge: 2, documents: 2 });
    // Akte twice, Vorgang and document of each: one creation was refused.
    expect(creations(opentext)).toBe(6);
  });

  it('that file the same act at the same time end with each thing once', async () => {
    const opentext = await start();
    const receipts = await Promise.all([1, 2, 3].map(() => port(opentext).file(request(), filing())));
    expect(receipts[1]).toEqual(receipts[0]);
    expect(opentext.books()).toMatchObject({ ...once, versions: 1 });
  });
});

describe('names', () => {
  it('of Akten go into the cabinet that the rule of the Aktenplan names', async () => {
    const opentext = await start();
    const dms = port(opentext, changed('akte', { cabinets: { oben: { path: '/Gewerbeamt' } } }));
    const place = {
      ...{ rule: 'r', version: 1, cabinet: 'oben', classes: {}, akte: { key: 'r/1', title: 'Akte' }, vorgang: { title: 'Vorgang' } },
    };
    const { akte } = await dms.file({ ...request(), place }, filing());
    expect(opentext.nodes.get(opentext.nodes.get(Number(akte.id)).parentId).name).toBe('Gewerbeamt');
  });

  it('tell objects apart: of an upload and of the decision may be equal, and both are kept', async () => {
    const opentext = await start();
    await port(opentext).file(request(1, [aDocument('Bescheid.pdf', 'of the citizen')]), filing());
    const documents = [aDocument('Bescheid.pdf', 'of the office', { role: 'decision' })];
    await port(opentext).file(request(1, documents), new TestDelivery('decision-1'));
    expect(opentext.books()).toMatchObject({ akten: 1, vorgaenge: 1, documents: 2 });
  });

  it('of another object of another kind are not written to', async () => {
    const opentext = await start();
    const { vorgang } = await port(opentext).file(request(), filing());
    const document = opentext.nodes.childrenOf(Number(vorgang.id))[0];
    Object.assign(document ?? {}, { type: 0 });
    expect(await failed(port(opentext).file(request(), filing()))).toBe('refused dms-opentext/name-taken dmsNameTaken');
  });

  it('that are there twice are for a clerk, also on another page', async () => {
    const opentext = await start();
    const { akte } = await port(opentext).file(request(1), filing(1));
    opentext.nodes.copy(Number(akte.id));
    opentext.pageMax = 1;
    const before = opentext.books();
    expect(await failed(port(opentext).file(request(2), filing(2)))).toBe('refused dms-opentext/ambiguous dmsAmbiguous');
    await expect(port(opentext).find(request(2), filing(2))).resolves.toBe('cannotTell');
    expect(opentext.books()).toEqual(before);
  });

  it('do not show the key of an Akte, which may be a person’s', async () => {
    const opentext = await start();
    const dms = port(opentext, changed('akte', { key: 'text(application.applicant, "familyName")', title: '"Personenakte"' }));
    const { akte } = await dms.file(request(), filing());
    expect(akte.title).toMatch(/^Personenakte \([0-9a-f]{10}\)$/);
    expect(opentext.requests.join()).not.toContain('Mustermann');
  });
});

describe('what the configuration and the server do not agree on', () => {
  it.each([
    ['a missing folder', changed('akte', { parent: { path: '/Bauamt' } }), 'folder-missing dmsMissing', 'folder for Akten'],
    ['a missing number', changed('akte', { parent: { id: '99' } }), 'not-there dmsMissing', 'folder for Akten'],
    [
      'an unknown category',
      changed('vorgang', { properties: { '99_2': '"x"' }, rules: {} }),
      'folder-or-category-missing dmsType',
      'category 99',
    ],
    [
      'an unknown attribute',
      changed('vorgang', { properties: { '30100_9': '"x"' }, rules: {} }),
      'creation-not-understood dmsProperty',
      'category 30100',
    ],
  ])('%s pauses the instance, and shows in the probe, which changes nothing', async (_what, change, code, check) => {
    const opentext = await start();
    const dms = port(opentext, change);
    const before = opentext.books();
    const { ok, checks } = await dms.probe(AbortSignal.timeout(5_000));
    expect({ ok, failing: checks.filter((each) => !each.ok).map(({ name }) => name) }).toEqual({ ok: false, failing: [check] });
    expect(opentext.books()).toEqual(before);
    expect(await failed(dms.file(request(), filing()))).toBe(`misconfigured dms-opentext/${code}`);
  });

  it('is a right: the probe names it, and a filing pauses the instance', async () => {
    const opentext = await start();
    for (const { id, name } of opentext.nodes.all.values()) if (name === 'Akten') opentext.nodes.forbidden.add(id);
    const { checks } = await port(opentext).probe(AbortSignal.timeout(5_000));
    expect(checks.filter(({ ok }) => !ok)).toEqual([
      { name: 'folder for Akten', ok: false, detail: 'the user may not create anything in it' },
    ]);
    expect(await failed(port(opentext).file(request(), filing()))).toBe('misconfigured dms-opentext/permission-denied dmsRights');
  });
});

describe('a value that an attribute does not take', () => {
  it.each([
    ['too long', { rules: { '30100_3': { lengthMax: 5 } } }, 'value-too-long dmsValueTooLong'],
    ['missing', { properties: { '30100_3': '""' }, rules: { '30100_3': { required: true } } }, 'value-missing dmsRequired'],
    ['no choice', { rules: { '30100_3': { choices: ['Hundesteuer'] } } }, 'value-not-a-choice dmsChoice'],
  ])('(%s) is named with the attribute and without the value, before anything is asked', async (_what, more, code) => {
    const opentext = await start();
    const error = await failure(port(opentext, changed('vorgang', more)).file(request(), filing()));
    expect(`${error.kind} ${error.code} ${error.hintKey ?? ''}`).toBe(`untransferable dms-opentext/${code}`);
    expect(error.message).toContain('30100_3');
    expect(inspect(error)).not.toContain('Gewerbeanmeldung');
    expect(opentext.requests).toEqual([]);
  });

  it('as a list goes in as a list', async () => {
    const opentext = await start();
    const leikaKeys = ['99050012104000', '99050012104001'];
    await port(opentext).file({ ...request(), application: anApplication({ publicService: { leikaKeys, name: 'x' } }) }, filing());
    expect(opentext.contents().akten[0]?.vorgaenge[0]?.properties['30100_6']).toBe(leikaKeys.join('; '));
  });
});

describe('a server that does not take it now', () => {
  it.each<[string, (opentext: OpentextSimulator) => void, string]>([
    ['its quota is full', (opentext) => (opentext.quotaBytes = 3), 'storage-full dmsStorage'],
    ['it is in maintenance', (opentext) => (opentext.readOnly = true), 'read-only dmsReadOnly'],
  ])('because %s: tried again later', async (_why, break_, code) => {
    const opentext = await start();
    break_(opentext);
    const memory = new EffectMemory();
    expect(await failed(port(opentext).file(request(), filing(1, memory)))).toBe(`unavailable dms-opentext/${code}`);
    opentext.quotaBytes = Number.POSITIVE_INFINITY;
    opentext.readOnly = false;
    await port(opentext).file(request(), filing(1, memory, 2));
    expect(opentext.books()).toMatchObject(once);
  });

  it('because its virus scanner refuses a document: for a clerk, with a sentence of its own', async () => {
    const opentext = await start();
    opentext.virus = 'EICAR';
    const infected = request(1, [aDocument('Antrag.pdf', 'an EICAR test')]);
    expect(await failed(port(opentext).file(infected, filing()))).toBe('refused dms-opentext/virus-refused dmsVirus');
    expect(opentext.books()).toMatchObject({ documents: 0 });
  });

  it('because it restarts in the middle: completed afterwards, each thing once', async () => {
    const opentext = await start();
    const memory = new EffectMemory();
    const document = aDocument('Antrag.pdf');
    const address = Number(new URL(opentext.url).port);
    const stopping = { ...document, open: async () => (await opentext.stop(), document.open()) };
    const error = await failure(port(opentext).file(request(1, [stopping]), filing(1, memory)));
    expect(['unavailable', 'outcomeUnknown']).toContain(error.kind);
    await opentext.start(address);
    await port(opentext).file(request(), filing(1, memory, 2));
    expect(opentext.books()).toMatchObject(once);
  });

  it('because the time ends in the middle of an upload: nothing half is there, and the next attempt completes it', async () => {
    const opentext = await start();
    const memory = new EffectMemory();
    const stuck = { ...aDocument('Antrag.pdf'), open: async () => new Readable({ read: () => undefined }) };
    const dms = port(opentext, (o) => ({ ...o, timeouts: { uploadMs: 1_000 } }));
    expect(await failed(dms.file(request(1, [stuck]), filing(1, memory)))).toBe('outcomeUnknown dms-opentext/answer-lost');
    expect(opentext.books()).toMatchObject({ documents: 0 });
    await port(opentext).file(request(), filing(1, memory, 2));
    expect(opentext.books()).toMatchObject(once);
  });
});

describe('content', () => {
  it('that did not arrive completely goes in as a new version; somebody who has reserved the document is waited for', async () => {
    const opentext = await start();
    opentext.storesShort = true;
    const memory = new EffectMemory();
    expect(await failed(port(opentext).file(request(), filing(1, memory)))).toBe('unavailable dms-opentext/content-incomplete');
    opentext.storesShort = false;
    const [{ id } = { id: '' }] = opentext.contents().akten[0]?.vorgaenge[0]?.documents ?? [];
    opentext.nodes.reserved.add(Number(id));
    expect(await failed(port(opentext).file(request(), filing(1, memory, 2)))).toBe('unavailable dms-opentext/locked dmsLocked');
    opentext.nodes.reserved.clear();
    await port(opentext).file(request(), filing(1, memory, 3));
    expect(opentext.books()).toMatchObject({ ...once, versions: 3 });
  });

  it('of the right length and other bytes is noticed when it is read back', async () => {
    const opentext = await start();
    const dms = port(opentext, changed('document', { verify: 'content' }));
    const { documents } = await dms.file(request(), filing());
    expect(await dms.find(request(), filing())).toHaveProperty('found');
    const { versions } = opentext.nodes.get(Number(documents[0]?.id));
    versions.splice(0, 1, { ...versions[0], bytes: Buffer.alloc(versions[0]?.length ?? 0, 'x') } as (typeof versions)[number]);
    await expect(dms.find(request(), filing())).resolves.toBe('absent');
    await expect(port(opentext).find(request(), filing())).resolves.toHaveProperty('found');
  });

  it.each([-1, 1])('whose stream is not as long as described (%i byte) is no success and leaves no document behind', async (more) => {
    const opentext = await start();
    const wrong = { ...aDocument('Antrag.pdf', 'ten bytes.'), open: async () => Readable.from([Buffer.alloc(10 + more, 'x')]) };
    await failure(port(opentext).file(request(1, [wrong]), filing()));
    expect(opentext.books()).toMatchObject({ documents: 0 });
  });

  it('above the configured limit is not begun', async () => {
    const opentext = await start();
    const dms = port(opentext, (options) => ({ ...options, limits: { documentBytesMax: 5 } }));
    expect(await failed(dms.file(request(), filing()))).toBe('untransferable dms-opentext/document-too-large dmsTooLarge');
    expect(opentext.requests).toEqual([]);
  });

  it('of 500 MB is never held: what is read from the store goes out before more is read', async () => {
    const opentext = await start();
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const size = 500 * 1024 * 1024;
    const ahead: string[] = [];
    let opens = 0;
    const chunks = function* (): Generator<Buffer> {
      for (let read = chunk.length; read <= size; read += chunk.length) {
        if (read - opentext.contentBytesArrived > BUFFERS_BYTES_MAX) ahead.push(`${read} read, ${opentext.contentBytesArrived} arrived`);
        yield chunk;
      }
    };
    const open = async (): Promise<Readable> => {
      opens += 1;
      return Readable.from(chunks(), { objectMode: false });
    };
    await port(opentext).file(request(1, [{ ...aDocument('Luftbild.tif', ''), size, open }]), filing());
    expect(opentext.books()).toMatchObject({ documents: 1, versions: 1, contentBytes: size });
    expect({ opens, ahead: ahead.slice(0, 5) }).toEqual({ opens: 1, ahead: [] });
  });
});
