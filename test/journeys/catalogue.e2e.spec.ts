// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { run } from '../../apps/cli/src/program.js';
import { anObject, aService, put, remove } from '../support/catalogue.js';
import { CatalogueTown, type RunAnswer } from './support/catalogue-town.js';
import { eventually } from './support/eventually.js';

const KEY = '99050012104000';
const office = (id: string) =>
  anObject('organisation', id, {
    names: [{ language: 'de', text: 'Ordnungsamt' }],
    competences: [{ serviceId: { value: 'gewerbe' }, areaIds: [{ value: '057110000000' }], role: { code: '01' } }],
  });
const TOWN = [
  put(aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] })),
  put(aService('hund', 'Hundesteuer anmelden')),
  put(aService('pass', 'Reisepass beantragen')),
  put(office('ordnungsamt')),
];

describe('a catalogue', () => {
  let town: CatalogueTown;
  let first: RunAnswer;
  beforeAll(async () => {
    town = await CatalogueTown.start();
  }, 60_000);
  afterAll(async () => {
    await town.stop();
  });
  const applied = async (id: number) => eventually(async () => expect(await town.run(id)).toMatchObject({ state: 'applied' }));
  const amtsbote = async (...args: string[]) => {
    const [out, error]: [string[], string[]] = [[], []];
    const code = await run(args, {
      environment: { AMTSBOTE_URL: town.url, AMTSBOTE_TOKEN: town.environment['OPS_TOKEN'] },
      now: () => new Date(),
      out: (text) => void out.push(text),
      error: (text) => void error.push(text),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    return { code, out: out.join('\n'), error: error.join('\n') };
  };

  it('is pushed by an editorial system: 202 means stored, and the run tells what became of it', async () => {
    const answer = await town.push(TOWN, 'snapshot');
    expect(answer.status).toBe(202);
    first = (await answer.json()) as RunAnswer;
    await applied(first.id);
    const report = await town.json<{ run: RunAnswer; findings: unknown[] }>(`/catalogue/sources/redaktion/runs/${first.id}`, 'PUSH_TOKEN');
    expect(report).toMatchObject({ run: { state: 'applied', counts: { added: 4 } }, findings: [] });
  });

  it('refuses what nobody may push, what is too large, and what says not what it is', async () => {
    const path = '/catalogue/sources/redaktion/documents?mode=snapshot';
    const send = async (address: string, token: string, body: string) => (await town.ask(address, token, { method: 'POST', body })).status;
    await expect(send(path, 'READER_TOKEN', '[]')).resolves.toBe(401);
    await expect(send('/catalogue/sources/nie/documents?mode=snapshot', 'PUSH_TOKEN', '[]')).resolves.toBe(401);
    await expect(send(path, 'PUSH_TOKEN', 'x'.repeat(200_001))).resolves.toBe(413);
    await expect(send(path, 'PUSH_TOKEN', '')).resolves.toBe(400);
    await expect(send('/catalogue/sources/redaktion/documents', 'PUSH_TOKEN', '[]')).resolves.toBe(400);
  });

  it('is searched, read and asked who is competent, by those it is for', async () => {
    const services = await town.json<{ version: number; items: { key: string; id: string }[] }>(
      '/catalogue/services?q=Gewerbeanmeldung%20anmelden',
      'READER_TOKEN',
    );
    expect(services.version).toBe(1);
    const anmelden = await town.json<{ items: { key: string; id: string }[] }>('/catalogue/services?q=anmeldung', 'READER_TOKEN');
    expect(anmelden.items.map(({ id }) => id)).toEqual(['gewerbe', 'hund']);
    const one = await town.json<{ object: unknown }>(`/catalogue/services/${anmelden.items[0]?.key ?? ''}`, 'READER_TOKEN');
    expect(one.object).toEqual(aService('gewerbe', 'Gewerbe anmelden', { leikaKeys: [{ key: KEY }] }));
    const competent = await town.json(`/catalogue/competence?leikaKey=${KEY}&ars=057110000000`, 'READER_TOKEN');
    expect(competent).toMatchObject({ version: 1, authority: { agency: 'L100042', id: 'ordnungsamt', name: 'Ordnungsamt' } });
    await expect(town.json('/catalogue/organisations/L100042:ordnungsamt', 'READER_TOKEN')).resolves.toMatchObject({ source: 'redaktion' });
    await expect(town.json('/catalogue/services', 'NEIGHBOUR_TOKEN')).resolves.toMatchObject({ items: [] });
    expect((await town.ask('/catalogue/services/L100042:hund', 'NEIGHBOUR_TOKEN')).status).toBe(404);
    expect((await town.ask('/catalogue/services', 'PUSH_TOKEN')).status).toBe(401);
    expect((await town.ask('/catalogue/competence?leikaKey=1&ars=x', 'READER_TOKEN')).status).toBe(400);
  });

  it('answers 304 as long as nothing changed', async () => {
    for (const path of [
      '/catalogue/services?q=anmelden',
      '/catalogue/services/L100042:hund',
      `/catalogue/competence?leikaKey=${KEY}&ars=05711`,
      '/catalogue/services/L100042:hund/history',
      '/catalogue/organisations/L100042:ordnungsamt',
      '/catalogue/online-services',
      '/catalogue/dangling',
      '/catalogue/export?source=redaktion',
    ]) {
      const etag = (await town.ask(path, 'READER_TOKEN')).headers.get('etag') ?? '';
      expect(etag).not.toBe('');
      expect((await town.ask(path, 'READER_TOKEN', { headers: { 'if-none-match': etag } })).status).toBe(304);
    }
  });

  it('says what its codes mean in the language of the reader', async () => {
    const path = '/catalogue/services/L100042:gewerbe';
    type One = { name: string; labels: { language: string; unknownCodes: number; codes: { place: string; label: string }[] } };
    const german = await town.ask(path, 'READER_TOKEN');
    expect([german.headers.get('content-language'), german.headers.get('vary')]).toEqual(['de', expect.stringMatching(/accept-language/i)]);
    expect(((await german.json()) as One).labels).toMatchObject({
      unknownCodes: 0,
      codes: [{ place: 'texts.type', label: 'Leistungsbezeichnung II' }],
    });
    const english = await town.ask(path, 'READER_TOKEN', { headers: { 'accept-language': 'en-GB, de;q=0.5' } });
    expect(english.headers.get('etag')).not.toBe(german.headers.get('etag'));
    // The source has no English title: the German one is better than none.
    expect(await english.json()).toMatchObject({
      name: 'Gewerbe anmelden',
      labels: { language: 'en', codes: [{ label: expect.stringMatching(/^Name/) }] },
    });
    const competence = `/catalogue/competence?leikaKey=${KEY}&ars=057110000000`;
    expect(await town.json(`${competence}&language=en`, 'READER_TOKEN')).toMatchObject({
      authority: { role: '01', roleLabel: 'Competent authority' },
    });
    expect(await town.json(competence, 'READER_TOKEN')).toMatchObject({
      authority: { roleLabel: 'Zuständige Stelle' },
      onlineService: null,
    });
    expect((await town.ask(`${path}?language=fr`, 'READER_TOKEN')).status).toBe(400);
  });

  it('is exported as a document that brings the same catalogue again', async () => {
    const answer = await town.ask('/catalogue/export?source=redaktion', 'READER_TOKEN');
    expect(answer.status).toBe(200);
    const exported = (await answer.json()) as unknown[];
    expect(exported).toHaveLength(4);
    const again = (await (await town.push(exported as typeof TOWN, 'snapshot')).json()) as RunAnswer;
    await applied(again.id);
    expect((await town.run(again.id)).counts).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 4 });
  });

  it('is brought as a file on the command line, streamed, and the exit code tells whether it was taken over', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-upload-'));
    const file = async (name: string, changes: unknown) => {
      await writeFile(join(directory, name), typeof changes === 'string' ? changes : JSON.stringify(changes));
      return join(directory, name);
    };
    const upload = (name: string, ...more: string[]) => amtsbote('catalogue', 'upload', '--source', 'redaktion', name, ...more);
    try {
      const more = await file('mehr.json', [put(aService('mehr', 'Mehr anmelden'))]);
      const checked = await upload(more, '--dry-run');
      expect(checked).toMatchObject({
        code: 0,
        out: expect.stringMatching(/checked[^]*from mehr\.json, dry run, increments[^]*\+1 ~0 -0/),
      });
      // Where nobody looks at a terminal: plain lines, on the error output.
      expect(checked.error).toMatch(/^upload mehr\.json  \[█+\] 100 %  \d+ B of \d+ B/);
      expect(await upload(more, '--wait')).toMatchObject({ code: 0, out: expect.stringContaining('applied') });
      const held = await upload(await file('rest.json', [put(aService('mehr', 'Mehr anmelden'))]), '--mode', 'snapshot');
      expect(held).toMatchObject({ code: 1, out: expect.stringContaining('waits (vanishing)') });
      const [, id = ''] = /approve (\d+)/.exec(held.out) ?? [];
      expect(await amtsbote('catalogue', 'discard', id)).toMatchObject({ code: 0 });
      const gone = await upload(await file('weg.json', [remove('service', 'mehr')]), '--no-wait');
      expect(gone.code).toBe(0);
      await eventually(async () => expect((await amtsbote('catalogue', 'runs', '--limit', '1')).out).toContain('applied'));
      expect(await upload(await file('kaputt.json', 'kein JSON'))).toMatchObject({ code: 1, out: expect.stringContaining('failed') });
      expect(await upload(join(directory, 'nie.json'))).toMatchObject({
        code: 2,
        error: expect.stringContaining('nie.json cannot be read (ENOENT)'),
      });
      expect(await upload(directory)).toMatchObject({ code: 2 });
      expect(await amtsbote('catalogue', 'upload', '--source', 'redaktion')).toMatchObject({ code: 2 });
      expect(await upload(await file('gross.json', 'x'.repeat(200_001)))).toMatchObject({
        code: 1,
        error: expect.stringContaining('more than 200000 bytes'),
      });
    } finally {
      await rm(directory, { recursive: true });
    }
  }, 60_000);

  it('says of a source that does not exist that it does not exist, not that the document is too large', async () => {
    const path = '/ops/catalogue/sources/nie/documents?mode=snapshot';
    const answer = await town.ask(path, 'OPS_TOKEN', { method: 'POST', body: '[]' });
    expect([answer.status, ((await answer.json()) as { type: string }).type]).toEqual([404, 'urn:amtsbote:problem:unknown-source']);
  });

  it('tells whoever keeps a copy what changed since, and that a version is none', async () => {
    const { version } = await town.json<{ version: number }>('/catalogue/services', 'READER_TOKEN');
    const path = `/catalogue/changes?since=${version}`;
    const first = await town.ask(path, 'READER_TOKEN');
    const etag = first.headers.get('etag') ?? '';
    expect(await first.json()).toEqual({ version, items: [] });
    expect((await town.ask(path, 'READER_TOKEN', { headers: { 'if-none-match': etag } })).status).toBe(304);
    const { id } = (await (await town.push([put(aService('neu', 'Neu'))], 'increments')).json()) as RunAnswer;
    await applied(id);
    expect(await town.json(path, 'READER_TOKEN')).toEqual({
      version: version + 1,
      items: [{ op: 'put', kind: 'service', source: 'redaktion', key: 'L100042:neu', agency: 'L100042', id: 'neu' }],
    });
    expect(await town.json('/catalogue/changes?since=0', 'NEIGHBOUR_TOKEN')).toMatchObject({ items: [] });
    expect((await town.ask('/catalogue/changes', 'READER_TOKEN')).status).toBe(400);
    expect((await town.ask('/catalogue/services?version=999999', 'READER_TOKEN')).status).toBe(404);
    const back = (await (await town.push([remove('service', 'neu')], 'increments')).json()) as RunAnswer;
    await applied(back.id);
  });

  it('is looked after on the command line: runs, difference, decision, going back', async () => {
    const { id } = (await (
      await town.push([put(TOWN[0]?.op === 'put' ? TOWN[0].object : aService('x', 'X')), remove('service', 'hund')], 'increments')
    ).json()) as RunAnswer;
    await applied(id);
    const listed = await amtsbote('catalogue', 'runs');
    expect(listed).toMatchObject({ code: 0 });
    expect(listed.out).toMatch(new RegExp(`${id} +redaktion +document +applied`));
    expect((await amtsbote('catalogue', 'diff', String(first.id), String(id))).out).toBe('- service L100042:hund');
    const held = (await (await town.push([put(aService('neu', 'Neu'))], 'snapshot')).json()) as RunAnswer;
    await eventually(async () => expect((await town.run(held.id)).state).toBe('held'));
    const shown = await amtsbote('catalogue', 'run', String(held.id));
    expect(shown.code).toBe(1);
    expect(shown.out).toContain(`amtsbote catalogue approve ${held.id}`);
    expect(await amtsbote('catalogue', 'discard', String(held.id))).toMatchObject({ code: 0 });
    const back = await amtsbote('catalogue', 'rollback', String(first.id));
    expect(back).toMatchObject({ code: 0 });
    expect(back.out).toContain('+1 ~0 -0');
    expect((await amtsbote('catalogue', 'sources')).out).toMatch(/redaktion +katalog +1 organisation, 3 service/);
    expect((await amtsbote('catalogue', 'findings', String(first.id))).out).toBe('No findings.');
    expect((await amtsbote('catalogue', 'findings', String(first.id), '--csv')).out).toBe(
      'severity,code,message,document,line,kind,agency,id',
    );
    expect(await amtsbote('catalogue', 'sync', '--source', 'redaktion')).toMatchObject({ code: 0 });
    expect((await amtsbote('catalogue', 'approve', '999999')).code).toBe(1);
  });
});
