// SPDX-License-Identifier: EUPL-1.2
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CataloguePage, CataloguePort } from '@amtsbote/adapter-kit';
import { deliveryErrorOf, testEnvironment } from '@amtsbote/adapter-kit/testing';
import {
  FIXTURES,
  leistung,
  message,
  type Publication,
  schreibe,
  Spelling,
  XZUFI_220,
  XzufiSimulator,
} from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { targetOf } from '@amtsbote/canonical';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { adapter } from './xzufi.adapter.js';

const never = new AbortController().signal;
const x = new Spelling(XZUFI_220);
const publication = (id: string): Publication => ({ op: 'put', id, xml: leistung(x, { id }) });
const file = (...ids: string[]): string => message({ dialect: XZUFI_220 }, ...ids.map((id) => schreibe(XZUFI_220, leistung(x, { id }))));

async function collect(port: CataloguePort, cursor: string | null = null): Promise<CataloguePage[]> {
  const pages: CataloguePage[] = [];
  for await (const page of port.changesSince(cursor, never)) pages.push(page);
  return pages;
}
const idsOf = (pages: readonly CataloguePage[]): string[] =>
  pages.flatMap(({ changes }) => changes.map((change) => targetOf(change).key.id));
const make = (options: object): CataloguePort => adapter.create(adapter.options.parse(options), testEnvironment());

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'amtsbote-xzufi-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const put = (files: Readonly<Record<string, string>>): void => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  };
  const port = (more: object = {}, mode = 'snapshot'): CataloguePort => make({ source: { type: 'folder', path: folder, mode }, ...more });

  it('of a folder are read in the order of their names', async () => {
    put({ 'b.xml': file('3'), 'a.xml': file('1', '2'), 'notes.txt': 'x' });
    mkdirSync(join(folder, 'c.xml'));
    const pages = await collect(port());
    expect(idsOf(pages)).toEqual(['1', '2', '3']);
    expect(pages.at(-1)).toMatchObject({ mode: 'snapshot', isLast: true, progress: { documents: 2, documentsTotal: 2, objects: 3 } });
    expect(pages.at(-1)?.progress.bytesRead).toBe(pages.at(-1)?.progress.bytesTotal);
  });

  it('of a folder with an index are those that it names; others are said, missing ones refused', async () => {
    put({ 'index.txt': 'a.xml\r\n', 'a.xml': file('1'), 'b.xml': file('2') });
    const pages = await collect(port());
    expect(idsOf(pages)).toEqual(['1']);
    expect(pages.flatMap(({ findings }) => findings)).toMatchObject([
      { severity: 'soll', code: 'catalogue-xzufi/unlisted', document: 'b.xml' },
    ]);
    put({ 'index2.txt': 'c.xml\r\n' });
    expect(await deliveryErrorOf(collect(port()))).toMatchObject({ kind: 'refused', code: 'catalogue-xzufi/file-missing' });
  });

  it.each([
    ['folder-empty', {}],
    ['index-empty', { 'index.txt': '\r\n', 'a.xml': file('1') }],
    ['index-malformed', { 'index.txt': 'a.xml\r\nb.x', 'a.xml': file('1') }],
    ['index-malformed', { 'index.txt': '../a.xml', 'a.xml': file('1') }],
    ['empty', { 'a.xml': file() }],
  ])('of a folder that has nothing are not an empty catalogue (%s)', async (code, files) => {
    put(files);
    expect(await deliveryErrorOf(collect(port()))).toMatchObject({ kind: 'refused', code: `catalogue-xzufi/${code}` });
  });

  it('of a folder of increments are read once', async () => {
    put({ 'a.xml': file('1') });
    const first = await collect(port({}, 'increments'));
    expect(first.at(-1)).toMatchObject({ mode: 'increments', cursor: 'a.xml', isLast: true });
    expect(await collect(port({}, 'increments'), 'a.xml')).toMatchObject([{ changes: [], isLast: true, cursor: 'a.xml' }]);
    put({ 'b.xml': file('2') });
    expect(idsOf(await collect(port({}, 'increments'), 'a.xml'))).toEqual(['2']);
  });

  it('end the run when one is technically invalid', async () => {
    put({ 'a.xml': file('1'), 'b.xml': file('2').replace('</xzufi:id>', ''), 'c.xml': file('3') });
    expect(await deliveryErrorOf(collect(port()))).toMatchObject({
      kind: 'refused',
      code: 'catalogue-xzufi/not-well-formed',
      message: expect.stringMatching(/^b\.xml, line 4/),
    });
  });

  it('are left out alone when they are to be isolated, and what came of them is taken back', async () => {
    const ids = Array.from({ length: 200 }, (_, at) => String(1_000 + at));
    put({ 'a.xml': file('1'), 'b.xml': `${file(...ids).trimEnd()}<more/>`, 'c.xml': file('3') });
    const pages = await collect(port({ invalidDocuments: 'isolate' }));
    const withdrawn = pages.filter(({ isWithdrawn }) => isWithdrawn);
    expect(withdrawn).toMatchObject([
      { document: { name: 'b.xml' }, changes: [], findings: [{ severity: 'muss', code: 'catalogue-xzufi/not-well-formed' }] },
    ]);
    expect(idsOf(pages.filter(({ document }) => document.name !== 'b.xml'))).toEqual(['1', '3']);
    expect(idsOf(pages.filter(({ document }) => document.name === 'b.xml')).length).toBeGreaterThan(0);
    expect(pages.at(-1)).toMatchObject({ isLast: true, progress: { objects: 2, documents: 3 } });
  });

  it('all left out are an empty snapshot, which is refused', async () => {
    put({ 'a.xml': '<broken>' });
    expect(await deliveryErrorOf(collect(port({ invalidDocuments: 'isolate' })))).toMatchObject({ code: 'catalogue-xzufi/empty' });
  });

  it('that are not there are a mistake of the configuration', async () => {
    const missing = make({ source: { type: 'file', path: join(folder, 'missing.xml') } });
    expect(await deliveryErrorOf(collect(missing))).toMatchObject({ kind: 'misconfigured', code: 'catalogue-xzufi/path-unreadable' });
    expect((await missing.probe(never)).ok).toBe(false);
    const none = make({ source: { type: 'none' } });
    expect(await deliveryErrorOf(collect(none))).toMatchObject({ kind: 'misconfigured', code: 'catalogue-xzufi/no-source' });
  });
});

describe('an index on the network', () => {
  let simulator: XzufiSimulator;
  beforeEach(async () => {
    simulator = await new XzufiSimulator({ perDocument: 2 }).start();
  });
  afterEach(() => simulator.stop());
  const port = (more: object = {}): CataloguePort => make({ source: { type: 'index', baseUrl: `${simulator.url}/`, ...more } });

  it('leads to its files, several indexes to those of each directory', async () => {
    simulator.publish(['1', '2', '3'].map(publication));
    expect(idsOf(await collect(port()))).toEqual(['1', '2', '3']);
    expect(simulator.requests.map((line) => line.split('/')[1])).toEqual([
      'index.txt',
      'XZUFI202601150800000000000000000.xml',
      'XZUFI202601150800000000000000001.xml',
    ]);
    simulator.index = 'x.xml\r\n';
    simulator.files.set('one/x.xml', file('10'));
    simulator.files.set('two/x.xml', file('20'));
    expect(idsOf(await collect(port({ indexes: ['one/index.txt', 'two/index.txt'] })))).toEqual(['10', '20']);
  });

  it.each((FIXTURES['N']?.files() ?? []).map(({ name, content }) => [name, String(content)]))('%s is refused', async (name, content) => {
    simulator.publish([publication('1')]);
    simulator.index = content;
    const code = name.includes('empty') ? 'index-empty' : 'index-malformed';
    expect(await deliveryErrorOf(collect(port()))).toMatchObject({ kind: 'refused', code: `catalogue-xzufi/${code}` });
    expect((await port().probe(never)).ok).toBe(false);
  });

  it('that names a file which is not there is refused, however many others there are', async () => {
    simulator.publish(['1', '2', '3'].map(publication));
    simulator.files.set('XZUFI202601150800000000000000001.xml', null);
    expect(await deliveryErrorOf(collect(port()))).toMatchObject({ kind: 'refused', code: 'catalogue-xzufi/file-missing' });
  });

  it('asks nobody else: names with a host, a way up or a question mark are no names', async () => {
    for (const name of ['http://127.0.0.1:1/x.xml', '/x.xml', '../x.xml', 'x.xml?a=b', 'x%2f.xml', 'x.txt']) {
      simulator.index = name;
      expect(await deliveryErrorOf(collect(port()))).toMatchObject({ code: 'catalogue-xzufi/index-malformed' });
    }
    expect(new Set(simulator.requests)).toEqual(new Set(['GET /index.txt']));
  });
});

describe('the Bereitstelldienst', () => {
  let simulator: XzufiSimulator;
  const secret = 'pvog-secret';
  beforeEach(async () => {
    simulator = await new XzufiSimulator({ perDocument: 2, clientSecret: secret }).start();
  });
  afterEach(() => simulator.stop());
  const port = (more: object = {}): CataloguePort =>
    make({
      source: {
        type: 'pvog',
        baseUrl: `${simulator.url}/bereitstelldienst`,
        tokenUrl: `${simulator.url}/realms/pvog/protocol/openid-connect/token`,
        clientId: 'amtsbote',
        clientSecret: secret,
        ...more,
      },
    });
  const ids = ['1', '2', '3', '4', '5'];

  it('is asked from the beginning for everything, with a token that nobody sees in an address', async () => {
    simulator.publish(ids.map(publication));
    const pages = await collect(port({ ars: '059580004004' }));
    expect(idsOf(pages)).toEqual(ids);
    expect(pages.map(({ mode }) => mode)).toEqual(pages.map(() => 'snapshot'));
    expect(simulator.requests[1]).toBe('GET /bereitstelldienst/api/v3/verwaltungsobjekte/xzufi-2-3-1?index=0&ars=059580004004');
    expect(simulator.requests.join('\n')).not.toMatch(/token-|secret/);
  });

  it('goes on through empty blocks and with a token that expires after every block', async () => {
    simulator.publish(ids.map(publication));
    simulator.hasEmptyBlocks = true;
    simulator.tokenUses = 1;
    expect(idsOf(await collect(port()))).toEqual(ids);
    expect(simulator.tokensGiven).toBe(6);
  });

  it('goes on where an interrupted read ended, as the snapshot that it was', async () => {
    simulator.publish(ids.map(publication));
    simulator.fail({ fault: 'error500', match: /index=4/ });
    const before: CataloguePage[] = [];
    const reading = (async () => {
      for await (const page of port().changesSince(null, never)) before.push(page);
    })();
    expect(await deliveryErrorOf(reading)).toMatchObject({ kind: 'unavailable' });
    expect(idsOf(before)).toEqual(['1', '2', '3', '4']);
    expect(before.some(({ isLast }) => isLast)).toBe(false);
    simulator.heal();
    const rest = await collect(port(), before.at(-1)?.cursor ?? null);
    expect(idsOf(rest)).toEqual(['5']);
    expect(rest.at(-1)).toMatchObject({ mode: 'snapshot', isLast: true });
    simulator.publish([{ op: 'remove', id: '1', klasse: 'Leistung', agency: 'S1000020' }]);
    const news = await collect(port(), rest.at(-1)?.cursor ?? null);
    expect(news.flatMap(({ changes }) => changes)).toEqual([
      { op: 'remove', kind: 'service', key: { schemeAgencyId: 'S1000020', id: '1' } },
    ]);
    expect(news.at(-1)).toMatchObject({ mode: 'increments', isLast: true });
  });

  it('moves to another host without losing its place', async () => {
    simulator.publish(ids.slice(0, 2).map(publication));
    const cursor = (await collect(port())).at(-1)?.cursor ?? null;
    expect(cursor).not.toContain('127.0.0.1');
    const moved = await new XzufiSimulator({ perDocument: 2, clientSecret: secret }).start();
    moved.publish(ids.map(publication));
    const { url } = moved;
    const there = port({ baseUrl: `${url}/bereitstelldienst`, tokenUrl: `${url}/realms/pvog/protocol/openid-connect/token` });
    expect(idsOf(await collect(there, cursor))).toEqual(['3', '4', '5']);
    await moved.stop();
  });

  it.each(['nonsense', '{}', '{"next":"http://elsewhere.example/","index":0,"mode":"snapshot"}'])(
    'refuses the cursor %s',
    async (cursor) => {
      expect(await deliveryErrorOf(collect(port(), cursor))).toMatchObject({ kind: 'refused', code: 'catalogue-xzufi/foreign-cursor' });
      expect(simulator.requests).toEqual([]);
    },
  );

  it('refuses blocks that lead to another host, or nowhere', async () => {
    class Odd extends XzufiSimulator {
      next: string | null = null;
      protected override handle(request: Parameters<XzufiSimulator['handle']>[0]): ReturnType<XzufiSimulator['handle']> {
        const answer = super.handle(request);
        const body = JSON.parse(String(answer.body ?? '{}')) as object;
        if (!('naechsteAnfrageUrl' in body)) return answer;
        return { ...answer, body: JSON.stringify({ ...body, vollstaendig: false, naechsteAnfrageUrl: this.next ?? request.url.href }) };
      }
    }
    const odd = await new Odd({ clientSecret: secret }).start();
    odd.publish([publication('1')]);
    const there = port({ baseUrl: `${odd.url}/bereitstelldienst`, tokenUrl: `${odd.url}/realms/pvog/protocol/openid-connect/token` });
    expect(await deliveryErrorOf(collect(there))).toMatchObject({ kind: 'refused', code: 'catalogue-xzufi/paging-stuck' });
    odd.next = 'http://elsewhere.example/x';
    expect(await deliveryErrorOf(collect(there))).toMatchObject({ kind: 'refused', code: 'catalogue-xzufi/next-elsewhere' });
    await odd.stop();
  });
});
