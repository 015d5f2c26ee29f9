// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { CataloguePage, CataloguePort } from '@amtsbote/adapter-kit';
import { deliveryErrorOf, testEnvironment } from '@amtsbote/adapter-kit/testing';
import {
  FIXTURES,
  HOSTILE_FILES,
  message,
  schreibe,
  Spelling,
  XZUFI_210,
  XZUFI_220,
  XZUFI_231,
} from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { CatalogueChange, type CatalogueFinding, type CatalogueObject, titleOf } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './xzufi.adapter.js';

const never = new AbortController().signal;
const port = (more: object = {}): CataloguePort =>
  adapter.create(adapter.options.parse({ source: { type: 'none' }, ...more }), testEnvironment());

interface Result {
  readonly changes: CatalogueChange[];
  readonly findings: CatalogueFinding[];
  readonly pages: CataloguePage[];
}

async function read(content: string | Buffer, more: object = {}): Promise<Result> {
  const pages: CataloguePage[] = [];
  const stream = Readable.from([Buffer.from(content)]);
  for await (const page of port(more).read({ name: 'upload', stream, mode: 'increments' }, never)) pages.push(page);
  return { pages, changes: pages.flatMap(({ changes }) => changes), findings: pages.flatMap(({ findings }) => findings) };
}
async function readFixture(letter: string): Promise<Result[]> {
  const files = (FIXTURES[letter]?.files() ?? []).filter(({ name }) => name.endsWith('.xml'));
  expect(files.length).toBeGreaterThan(0);
  return Promise.all(files.map(({ content }) => read(content)));
}
const objectsOf = ({ changes }: Result): CatalogueObject[] => changes.flatMap((change) => (change.op === 'put' ? [change.object] : []));
const codesOf = ({ findings }: Result): string[] => findings.map(({ code }) => code.split('/')[1] ?? '');
const only = async (letter: string): Promise<Result> => {
  const [first, ...others] = await readFixture(letter);
  if (first === undefined || others.length > 0) throw new Error('the fixture has one file');
  return first;
};

describe('fixtures', () => {
  it.each(['A', 'B'])('%s: a snapshot with all kinds of objects, nothing unknown, nothing to remark', async (letter) => {
    const results = await readFixture(letter);
    const objects = results.flatMap(objectsOf);
    expect(objects.map(({ kind }) => kind)).toEqual([
      'service',
      'service',
      'organisation',
      'onlineService',
      'form',
      'competence',
      'competence',
      'specialisation',
    ]);
    expect(results.flatMap(({ findings }) => findings)).toEqual([]);
    for (const object of objects) expect(object.unknown).toEqual([]);
    for (const { changes } of results) for (const change of changes) expect(CatalogueChange.parse(change)).toEqual(change);
  });

  it('A: reads what a service says', async () => {
    const [first] = (await readFixture('A')).flatMap(objectsOf);
    expect(first).toMatchObject({
      kind: 'service',
      key: { schemeAgencyId: 'S1000020', id: '100' },
      source: { standard: 'xzufi', version: '2.2.0' },
      leikaKeys: [{ key: '99050012104000', listUri: 'urn:de:fim:leika:leistung' }],
      types: [{ code: '2/3a' }],
      areaIds: [{ value: '059580004004', schemeId: 'ARS' }],
      fees: [{ fees: [{ rule: { kind: 'fixed', amount: { cents: 2_600, currency: 'EUR' } }, isPrepaid: true }] }],
      deadlines: [{ deadlines: [{ limit: { kind: 'duration', value: 4, unit: { code: 'WOCHE' } } }] }],
      version: { changedAt: '2026-01-15T08:00:00+01:00' },
    });
  });

  it('A: reads offices, online services and competences', async () => {
    const objects = (await readFixture('A')).flatMap(objectsOf);
    expect(objects.slice(2, 7)).toMatchObject([
      {
        names: [{ language: 'de', text: 'Amt 200' }],
        addresses: [{ street: 'Am Rathaus', postalCode: '59821', region: { ars: { code: '059580004004' } } }],
      },
      {
        type: 'OnlinedienstErweitert',
        links: [{ uri: 'https://formulare.example/300', type: { code: '01' } }],
        trustLevel: { code: '20' },
      },
      { names: [{ text: 'Formular 400' }] },
      {
        subjectId: { value: '200' },
        subjectKind: 'organisation',
        serviceId: { value: '100' },
        areaIds: [{ value: '059580004004' }],
        role: { code: '01' },
      },
      { subjectKind: 'onlineService' },
    ]);
  });

  it('B: reads a key of 2.3.1, which is an identifier there', async () => {
    const [first] = (await readFixture('B')).flatMap(objectsOf);
    expect(first).toMatchObject({
      leikaKeys: [{ key: '99050012104000', schemeId: 'LeiKa' }],
      texts: [{ channel: { code: '000' } }, {}, {}],
    });
  });

  it('C: removals, of the unknown as well, are changes like others', async () => {
    const { changes, pages } = await only('C');
    expect(changes.slice(1)).toEqual([
      { op: 'remove', kind: 'service', key: { schemeAgencyId: 'S1000020', id: '101' } },
      { op: 'remove', kind: 'competence', key: { schemeAgencyId: 'S1000020', id: 'never-there' } },
    ]);
    expect(pages.at(-1)?.document).toEqual({ name: 'upload' });
    expect(pages[0]?.document).toMatchObject({ messageId: '4d3c2b1a-0000-4000-8000-000000000001', sender: 'Musterredaktion' });
  });

  it('E: competences of an office stay with it', async () => {
    expect(objectsOf(await only('E'))).toMatchObject([
      {
        kind: 'organisation',
        competences: [
          { id: { value: '700' }, serviceId: { value: '100' }, areaIds: [{ value: '059580004004' }, { value: '059580004' }] },
          { serviceId: { value: '101' }, areaIds: [{ value: '05' }], role: { code: '02' } },
        ],
      },
    ]);
  });

  it('F: the same id of two agencies is two objects', async () => {
    expect(objectsOf(await only('F')).map(({ key }) => key.schemeAgencyId)).toEqual(['L100042', 'B100019']);
  });

  it('G: several service keys, and none', async () => {
    const result = await only('G');
    expect(objectsOf(result).map((object) => (object.kind === 'service' ? object.leikaKeys.map(({ key }) => key) : []))).toEqual([
      ['99050012104000', '99008001012000'],
      [],
      ['0'],
    ]);
    expect(codesOf(result)).toEqual(['leika-key-malformed']);
  });

  it('H: titles in one language only, empty contents kept', async () => {
    const results = await readFixture('H');
    const [english, german] = results.flatMap(objectsOf);
    if (english?.kind !== 'service' || german?.kind !== 'service') throw new Error('not services');
    expect([titleOf(english), titleOf(english, 'en'), titleOf(german)]).toEqual([undefined, 'Title', 'Title']);
    expect(english.texts[0]?.content).toEqual([
      { language: 'en', html: 'Title' },
      { language: 'fr', html: '' },
      { language: 'es', html: '<br>' },
    ]);
    expect(results.map(codesOf)).toEqual([['language-other'], ['language-other']]);
  });

  it('I: what may not be shown is taken out, and what the source wrote is kept', async () => {
    const result = await only('I');
    const texts = objectsOf(result).flatMap((object) =>
      object.kind === 'service' ? object.texts.slice(2).flatMap(({ content }) => content) : [],
    );
    expect(texts.map(({ html }) => html)).toEqual([
      '<p>Gut</p>',
      '<p>Klick <a>hier</a> oder <a href="https://www.example.de/a">dort</a></p>',
      '<p>nicht zu <b>Ende</b></p>',
      '<p> aus „Word“ – mit Strich und Leerzeichen</p>'.replace('<p> ', '<p>\u00a0').replace('Strich ', 'Strich\u00a0'),
    ]);
    expect(texts.map(({ original }) => original)).toEqual([
      '<p>Gut</p><script>alert(1)</script>',
      expect.stringContaining('javascript:'),
      expect.anything(),
      expect.anything(),
    ]);
    expect(objectsOf(result).at(-1)).toMatchObject({ links: [{ originalUri: 'javascript:alert(1)', title: 'Online beantragen' }] });
    expect(JSON.stringify(objectsOf(result).at(-1))).not.toContain('"uri"');
    expect(codesOf(result)).toEqual(['html-cleaned', 'html-cleaned', 'html-cleaned', 'html-cleaned', 'link-refused']);
  });

  it('J: codes are read with and without namespace, and without prefix', async () => {
    const [unqualified, qualified, bare] = (await readFixture('J')).flatMap(objectsOf);
    expect(unqualified).toMatchObject({ leikaKeys: [{ key: '99050012104000' }], unknown: [] });
    expect(qualified).toEqual(unqualified);
    expect(bare).toEqual(unqualified);
  });

  it('K: versions as they are spelled, unknown roots, elements and kinds', async () => {
    const [legacy, short, contradicting, root, kinds] = await readFixture('K');
    if (legacy === undefined || short === undefined || contradicting === undefined || root === undefined || kinds === undefined)
      throw new Error('five files');
    expect([codesOf(legacy), codesOf(short), codesOf(contradicting)]).toEqual([['version-near'], [], ['version-contradicts']]);
    expect(objectsOf(legacy)[0]?.source).toEqual({ standard: 'xzufi', version: '2.1.0', namespace: XZUFI_210.namespace });
    expect(objectsOf(short)[0]?.source.version).toBe('2.2.0');
    expect(objectsOf(root)[0]?.unknown).toEqual([
      {
        path: '',
        part: {
          element: {
            name: 'neuesElement',
            namespace: XZUFI_220.namespace,
            children: [{ name: 'tiefer', namespace: XZUFI_220.namespace, attributes: [{ name: 'art', value: 'x' }], children: ['Wert'] }],
          },
        },
      },
    ]);
    expect(root.findings).toMatchObject([
      { code: 'catalogue-xzufi/part-unknown', message: 'leistung/neuesElement has no place in the model; kept 1 times.' },
    ]);
    expect(root.pages.at(-1)?.progress.unknownParts).toBe(1);
    expect(kinds.findings.map(({ code, severity }) => [code.split('/')[1], severity])).toEqual([
      ['object-unknown', 'muss'],
      ['node-unknown', 'soll'],
      ['class-unknown', 'muss'],
      ['part-unknown', 'soll'],
    ]);
    expect(objectsOf(kinds)).toHaveLength(1);
  });

  it('M: an object without id is skipped alone, with its place', async () => {
    const business = (FIXTURES['M']?.files() ?? []).find(({ name }) => name === 'business.xml');
    const result = await read(business?.content ?? '');
    expect(objectsOf(result).map(({ key }) => key.id)).toEqual(['20', '21']);
    expect(result.findings).toEqual([
      expect.objectContaining({ severity: 'muss', code: 'catalogue-xzufi/id-missing', document: 'upload', line: 5, kind: 'service' }),
    ]);
  });

  it('P: area keys of every length stay as they came', async () => {
    const areas = objectsOf(await only('P')).flatMap((object) =>
      object.kind === 'competence' ? object.areaIds.map(({ value }) => value) : [],
    );
    expect(areas).toEqual(['000000000000', '05', '05958', '059580004', '059580004004']);
  });

  it('R: fees of every kind; an amount that is none is kept and counted', async () => {
    const result = await only('R');
    const [object] = objectsOf(result);
    expect(object).toMatchObject({
      fees: [
        {},
        {
          fees: [
            { rule: { kind: 'fixed', amount: { cents: 1_250, currency: 'EUR' } } },
            { rule: { kind: 'variable', from: { cents: 1_000 }, to: { cents: 25_000 }, notes: [{ text: 'nach Aufwand' }] } },
            { rule: { kind: 'free', notes: [{ text: 'frei' }] }, calculationLinks: [{ uri: 'https://www.example.de/gebuehren' }] },
            {},
          ],
        },
      ],
      deadlines: [{}, { deadlines: [{ limit: { kind: 'keyDate', from: '--03-01', to: '2026-09-30' } }] }],
    });
    expect(object?.unknown).toMatchObject([{ path: 'modulKosten[2]/kosten[4]', part: { element: { name: 'kostenauswahl' } } }]);
    expect(codesOf(result)).toEqual(['value-unreadable', 'part-unknown']);
  });

  it('S: the same message twice gives the same', async () => {
    const [first, again] = await readFixture('S');
    expect(again?.changes).toEqual(first?.changes);
  });

  it.each([XZUFI_220, XZUFI_231])('an object alone in a file is read ($version)', async (dialect) => {
    const x = new Spelling(dialect);
    const object = x
      .el('leistung', x.id('id', '110885418', 'B100019'))
      .replace('<xzufi:leistung', `<xzufi:leistung xmlns:xzufi="${dialect.namespace}"`);
    const { changes, findings } = await read(object);
    expect(changes).toMatchObject([{ object: { kind: 'service', key: { schemeAgencyId: 'B100019', id: '110885418' } } }]);
    expect(findings.map(({ code }) => code.split('/')[1])).toEqual(['title-missing', 'version-missing']);
  });
});

describe('files that must not be taken', () => {
  it.each(HOSTILE_FILES)('$name', async ({ bytes, code }) => {
    const taken: unknown[] = [];
    const reading = (async () => {
      for await (const page of port().read({ name: 'hostile', stream: Readable.from([bytes]), mode: 'increments' }, never))
        taken.push(page.isLast);
    })();
    expect(await deliveryErrorOf(reading)).toMatchObject({ kind: 'refused', code: `catalogue-xzufi/${code}` });
    expect(taken).not.toContain(true);
  });

  it('name the line, counted through all batches', async () => {
    const x = new Spelling(XZUFI_220);
    const objects = Array.from({ length: 3_000 }, (_, at) =>
      schreibe(XZUFI_220, x.el('leistung', x.id('id', String(at), 'a') + x.text('modulText', 'x'.repeat(50)))),
    );
    const text = message({ dialect: XZUFI_220 }, ...objects);
    const broken = text.replace('>2900</xzufi:id>', '>2900</xzufi:ix>');
    // Declaration, root, head, one object on each line.
    await expect(read(broken)).rejects.toMatchObject({ message: expect.stringMatching(/line 2904: Not well-formed/) });
    await expect(read(text.replace('</xzufi:transfer', '</xzufi:other'))).rejects.toMatchObject({
      message: expect.stringMatching(/line 3004:/),
    });
  });

  it('say nothing of what they hold', async () => {
    const broken = message({ dialect: XZUFI_220 }, '<xzufi:schreibe><geheim></xzufi:schreibe>');
    await expect(read(broken)).rejects.toMatchObject({ message: expect.not.stringContaining('geheim') });
  });
});
