// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import { type Adapter, type CatalogueMode, defineAdapter, type WrittenPiece } from '@amtsbote/adapter-kit';
import { adapter as xzufi } from '@amtsbote/adapters/catalogue-xzufi';
import {
  formular,
  leistung,
  message,
  onlinedienst,
  organisationseinheit,
  type Publication,
  schreibe,
  Spelling,
  spezialisierung,
  XZUFI_220,
  XZUFI_231,
  XzufiSimulator,
  zustaendigkeit,
  zustaendigkeitTransferObjekt,
} from '@amtsbote/adapters/catalogue-xzufi/simulator';
import type { CatalogueChange } from '@amtsbote/canonical';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { ADMIN, startCatalogue, type TestCatalogue } from '../support/catalogue.js';

const KEY = '99050012104000';
const ARS = '059580004004';
const SOURCE = 'redaktion';

/** The adapter with these options, as a test's house takes it. */
function asConfigured(options: object): { adapter(): Adapter } {
  return {
    adapter: () =>
      defineAdapter({
        type: 'catalogue-xzufi',
        kind: 'catalogue',
        title: 'XZuFi',
        options: z.looseObject({}),
        create: (_options, environment) => xzufi.create(xzufi.options.parse(options), environment),
      }),
  };
}

/** One of every kind: who is competent, online service and form included. */
function town(x: Spelling): Publication[] {
  const competent = (id: string, subject: string, schemeID: string) =>
    zustaendigkeitTransferObjekt(x, { id, subject, service: 'gewerbe', schemeID, areas: ['05958'], role: '01' });
  const objects: [id: string, xml: string][] = [
    // Before what they refer to: the order is nobody's promise.
    ['z1', competent('z1', 'ordnungsamt', 'ZustaendigkeitOrganisationseinheit')],
    ['z2', competent('z2', 'portal', 'ZustaendigkeitOnlinedienst')],
    ['gewerbe', leistung(x, { id: 'gewerbe', title: 'Gewerbe anmelden', leikaKeys: [KEY] })],
    ['hund', leistung(x, { id: 'hund', title: 'Hundesteuer anmelden', leikaKeys: ['99102013104000'] })],
    ['pass', leistung(x, { id: 'pass', title: 'Personalausweis', leikaKeys: ['99008001012000'] })],
    ['sonder', spezialisierung(x, { id: 'sonder', service: 'gewerbe' })],
    ['ordnungsamt', organisationseinheit(x, { id: 'ordnungsamt', name: 'Ordnungsamt' })],
    ['portal', onlinedienst(x, { id: 'portal' })],
    ['formular', formular(x, { id: 'formular' })],
  ];
  return objects.map(([id, xml]) => ({ op: 'put', id, xml }));
}

describe('a catalogue in XZuFi', () => {
  const open: { close(): Promise<unknown> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });
  const simulated = async (...wish: ConstructorParameters<typeof XzufiSimulator>) => {
    const simulator = new XzufiSimulator(...wish);
    await simulator.start();
    open.push({ close: () => simulator.stop() });
    return simulator;
  };
  const start = async (options: object, settings: Parameters<typeof startCatalogue>[0] = {}) => {
    const catalogue = await startCatalogue({ vanishCountMin: 1, ...settings }, { others: { [SOURCE]: asConfigured(options) } });
    open.push(catalogue);
    return catalogue;
  };
  const sync = (catalogue: TestCatalogue) => catalogue.run({ source: SOURCE });
  const keys = async (catalogue: TestCatalogue) => Object.keys(await catalogue.current()).map((key) => key.replace(/ .*:/, ' '));
  const bring = async (catalogue: TestCatalogue, content: Buffer, mode: CatalogueMode) => {
    const { house } = catalogue.house;
    const { id, size } = await house.blobs.put(house.ids.uuid(), Readable.from([content]), 100_000_000);
    return catalogue.run({ source: SOURCE, kind: 'document', upload: { blob: id, name: 'datei.xml', mode, bytes: size } });
  };

  describe.each([
    ['2.2.0', XZUFI_220],
    ['2.3.1', XZUFI_231],
  ])('%s, pulled by an index over HTTP', (version, dialect) => {
    const x = new Spelling(dialect);

    it('answers who is competent; written out and read again it changes nothing', async () => {
      const simulator = await simulated({ dialect, perDocument: 4 });
      simulator.publish(town(x));
      const options = { source: { type: 'index', baseUrl: simulator.url, indexes: ['index.txt'] }, write: { version } };
      const catalogue = await start(options);
      await expect(sync(catalogue)).resolves.toMatchObject({ state: 'applied', counts: { added: 9, changed: 0, removed: 0 } });
      const view = await catalogue.views.of(null);
      expect(await catalogue.competences.find(KEY, ARS, view)).toMatchObject({
        service: { title: 'Gewerbe anmelden' },
        authority: { id: 'ordnungsamt', name: 'Ordnungsamt', role: '01', area: '05958' },
        onlineService: { id: 'portal', links: [{ uri: 'https://formulare.example/portal' }] },
      });
      const { items } = await catalogue.search.search({ q: 'hundesteuern anmeldung' }, null, 5);
      expect(items.map(({ id }) => id)).toEqual(['hund']);
      // The same again: nothing is written.
      await expect(sync(catalogue)).resolves.toMatchObject({ version: 1, counts: { added: 0, changed: 0, removed: 0, unchanged: 9 } });
      const exported = await exportOf(catalogue);
      expect(exported.toString()).toContain(dialect.namespace);
      await expect(bring(catalogue, exported, 'snapshot')).resolves.toMatchObject({
        state: 'applied',
        version: 1,
        counts: { added: 0, changed: 0, removed: 0, unchanged: 9 },
      });
    });
  });

  it('whose index lost more than half of its files is held, and nothing is gone', async () => {
    const x = new Spelling(XZUFI_220);
    const simulator = await simulated({ perDocument: 1 });
    simulator.publish(['1', '2', '3', '4', '5'].map((id) => ({ op: 'put', id, xml: leistung(x, { id }) })));
    const catalogue = await start({ source: { type: 'index', baseUrl: simulator.url, indexes: ['index.txt'] } });
    await sync(catalogue);
    const index = await (await fetch(`${simulator.url}/index.txt`)).text();
    simulator.index = index.split('\r\n').slice(0, 2).join('\r\n').concat('\r\n');
    const held = await sync(catalogue);
    expect(held).toMatchObject({
      state: 'held',
      hold: [{ reason: 'vanishing', detail: '3 of 5 objects of kind service would be removed.' }],
    });
    await expect(keys(catalogue)).resolves.toHaveLength(5);
    await catalogue.commands.discard(ADMIN, held.id);
    // An empty one is refused before anything is compared.
    simulator.index = '';
    await expect(sync(catalogue)).resolves.toMatchObject({ state: 'failed' });
    await expect(keys(catalogue)).resolves.toHaveLength(5);
  });

  it.each([
    ['reject', 'failed', 'Alt 1'],
    ['isolate', 'applied', 'Neu 1'],
  ])('with one technically invalid file: invalidDocuments %s', async (invalidDocuments, state, title) => {
    const x = new Spelling(XZUFI_220);
    const simulator = await simulated({ perDocument: 1 });
    const publish = (title1: string) =>
      simulator.publish(['1', '2', '3'].map((id) => ({ op: 'put', id, xml: leistung(x, { id, title: `${title1} ${id}` }) })));
    publish('Alt');
    const catalogue = await start({ source: { type: 'index', baseUrl: simulator.url, indexes: ['index.txt'] }, invalidDocuments });
    await sync(catalogue);
    publish('Neu');
    const [, broken = ''] = (await (await fetch(`${simulator.url}/index.txt`)).text()).split('\r\n');
    simulator.files.set(broken, '<not-well-formed>');
    const run = await sync(catalogue);
    expect(run.state).toBe(state);
    const { items } = await catalogue.search.search({}, null, 10);
    const titles = Object.fromEntries(items.map((item) => [item.id, item.title.de]));
    // What the broken file described is neither removed nor replaced.
    expect(titles).toMatchObject({ '1': title, '2': 'Alt 2' });
    const findings = await catalogue.queries.findings(run.id, 0, 10);
    expect([run.failure?.code, ...findings.map(({ severity, document }) => `${severity} ${document}`)].join(' ')).toMatch(
      invalidDocuments === 'reject' ? /^catalogue-xzufi\// : new RegExp(`muss ${broken}`),
    );
  });

  it('from the Bereitstelldienst goes on at the stored address after an outage; tokens expire, blocks are empty, the unknown is deleted', async () => {
    const x = new Spelling(XZUFI_231);
    const simulator = await simulated({ dialect: XZUFI_231, perDocument: 1, clientSecret: 'geheim' });
    simulator.tokenUses = 10;
    simulator.hasEmptyBlocks = true;
    simulator.publish(Array.from({ length: 150 }, (_, index) => ({ op: 'put', id: `s${index}`, xml: leistung(x, { id: `s${index}` }) })));
    const source = {
      type: 'pvog',
      baseUrl: `${simulator.url}/bereitstelldienst`,
      tokenUrl: `${simulator.url}/realms/pvog/protocol/openid-connect/token`,
      clientId: 'musterstadt',
      clientSecret: 'geheim',
    };
    const catalogue = await start({ source }, { retryMs: 1_000 });
    simulator.fail({ fault: 'error500', match: /index=140(&|$)/ });
    const broken = await sync(catalogue);
    expect(broken).toMatchObject({ state: 'reading', failures: 1, failure: { kind: 'unavailable' } });
    await expect(keys(catalogue)).resolves.toEqual([]);
    simulator.heal();
    const before = simulator.requests.length;
    catalogue.house.clock.advance(1_000);
    await catalogue.work();
    expect(await catalogue.find(broken.id)).toMatchObject({ state: 'applied', mode: 'snapshot', counts: { added: 150 } });
    const asked = simulator.requests.slice(before).flatMap((line) => /index=(\d+)/.exec(line)?.[1] ?? []);
    expect(Number(asked[0])).toBeGreaterThan(0);
    expect(simulator.tokensGiven).toBeGreaterThan(10);
    simulator.publish([
      { op: 'remove', id: 'nie', klasse: 'Zustaendigkeit', agency: 'L100042' },
      { op: 'put', id: 'neu', xml: leistung(x, { id: 'neu', title: 'Neu' }) },
    ]);
    await expect(sync(catalogue)).resolves.toMatchObject({
      state: 'applied',
      mode: 'increments',
      counts: { added: 1, changed: 0, removed: 0, unknownRemovals: 1 },
    });
    await expect(keys(catalogue)).resolves.toHaveLength(151);
  });

  it('lists what competences lead to and nobody describes, and finds it once it has come', async () => {
    const x = new Spelling(XZUFI_220);
    const file = (...xml: string[]) => Buffer.from(message({ dialect: XZUFI_220 }, ...xml.map((one) => schreibe(XZUFI_220, one))));
    const catalogue = await start({ source: { type: 'none' } });
    const competences = [zustaendigkeit(x, { service: 'gewerbe', areas: ['05'], role: '01' })];
    await bring(
      catalogue,
      file(
        organisationseinheit(x, { id: 'inline', competences }),
        zustaendigkeitTransferObjekt(x, { id: 'z', subject: 'fehlt', service: 'gewerbe' }),
      ),
      'increments',
    );
    const dangling = async () =>
      (await catalogue.objects.dangling(await catalogue.views.of(null), 10)).map(({ id, count }) => `${id} ${count}`);
    await expect(dangling()).resolves.toEqual(['gewerbe 2', 'fehlt 1']);
    await bring(catalogue, file(leistung(x, { id: 'gewerbe', leikaKeys: [KEY] })), 'increments');
    await expect(dangling()).resolves.toEqual(['fehlt 1']);
    const { authority } = await catalogue.competences.find(KEY, ARS, await catalogue.views.of(null));
    expect(authority?.id).toBe('inline');
  });

  async function exportOf(catalogue: TestCatalogue): Promise<Buffer> {
    const { port } = catalogue.house.instances.get(SOURCE, 'catalogue');
    const head = { messageId: '0192f0a0-0000-7000-8000-000000000001', createdAt: '2026-01-31T10:00:00.000Z', sender: 'x', recipient: '' };
    const view = await catalogue.views.of(null);
    async function* changes(): AsyncGenerator<CatalogueChange> {
      for await (const object of catalogue.objects.all(view)) yield { op: 'put', object };
    }
    const pieces: Buffer[] = [];
    const written: AsyncIterable<WrittenPiece> = port.write(head, changes(), new AbortController().signal);
    for await (const { bytes } of written) pieces.push(Buffer.from(bytes));
    return Buffer.concat(pieces);
  }
});
