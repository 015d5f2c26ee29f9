// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';

import type { CataloguePort } from '@amtsbote/adapter-kit';
import { testEnvironment } from '@amtsbote/adapter-kit/testing';
import { FIXTURES, largeMessage, message, schreibe, Spelling, XZUFI_220, XZUFI_231 } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import type { CatalogueChange, CatalogueFinding } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { adapter } from './xzufi.adapter.js';

const never = new AbortController().signal;
const HEAD = { messageId: '1', createdAt: '2026-01-15T08:00:00Z', sender: 'Muster & Söhne', recipient: 'PVOG' };
const portFor = (version: string): CataloguePort =>
  adapter.create(adapter.options.parse({ source: { type: 'none' }, write: { version } }), testEnvironment());

async function read(content: string | Buffer): Promise<CatalogueChange[]> {
  const changes: CatalogueChange[] = [];
  const stream = Readable.from([Buffer.from(content)]);
  for await (const page of portFor('2.3.1').read({ name: 'file', stream, mode: 'increments' }, never)) changes.push(...page.changes);
  return changes;
}
async function write(changes: readonly CatalogueChange[], version: string): Promise<{ text: string; findings: CatalogueFinding[] }> {
  const pieces: Uint8Array[] = [];
  const all: CatalogueFinding[] = [];
  for await (const { bytes, findings } of portFor(version).write(HEAD, changes, never)) {
    pieces.push(bytes);
    all.push(...findings);
  }
  return { text: Buffer.concat(pieces).toString(), findings: all };
}
const versionOf = (namespace: string): string => (namespace.endsWith('2_3_1') ? '2.3.1' : '2.2.0');

/** Every element and attribute that the tables do not know, everywhere they can stand. */
const odd = (x: Spelling): string => {
  const unknown = x.el('unbekannt', `Text ${x.text('a', 'b', { c: 'd &<>"' })} mehr`, { 'xsi:nil': 'true' });
  const module = x.el(
    'modulText',
    `${x.code('leikaTextmodul', '03')}${x.text('inhalt', 'Eins', { languageCode: 'de', neu: '1' })}${unknown}`,
  );
  const struktur = x.el('struktur', x.id('leistungsobjektID', '7') + x.el('verrichtung', x.code('verrichtungLeiKa', '12') + unknown), {
    'xsi:type': 'xzufi:LeistungsstrukturObjektMitVerrichtung',
  });
  const strange = `<fremd:x xmlns:fremd="urn:fremd" fremd:y="z">a<fremd:b/></fremd:x>`;
  return x.el(
    'leistung',
    x.id('id', '1', 'S1') + struktur + module + module + strange + x.text('id', 'zweite') + x.text('kennzeichenEA', 'vielleicht'),
    { version: '9' },
  );
};

describe('what is read, written and read again', () => {
  const letters = Object.keys(FIXTURES).filter((letter) => !['L', 'M', 'N', 'O', 'Q'].includes(letter));

  it.each(letters)('is the same: fixture %s', async (letter) => {
    const files = (FIXTURES[letter]?.files() ?? []).filter(({ name }) => name.endsWith('.xml'));
    let seen = 0;
    for (const { content } of files) {
      const changes = (await read(content)).filter((change) => change.op === 'remove' || !change.object.source.namespace.endsWith('2_1_0'));
      seen += changes.length;
      const namespaces = changes.flatMap((change) => (change.op === 'put' ? [change.object.source.namespace] : []));
      const { text, findings } = await write(changes, versionOf(namespaces[0] ?? ''));
      expect(await read(text)).toEqual(changes);
      expect(findings).toEqual([]);
    }
    expect(seen + Number(letter === 'K')).toBeGreaterThan(0);
  });

  it.each([XZUFI_220, XZUFI_231])('is the same, parts without a place in the model included ($version)', async (dialect) => {
    const changes = await read(message({ dialect }, schreibe(dialect, odd(new Spelling(dialect)))));
    const [change] = changes;
    if (change?.op !== 'put') throw new Error('no object');
    expect(change.object.unknown.length).toBeGreaterThanOrEqual(9);
    const { text } = await write(changes, dialect.version);
    expect(await read(text)).toEqual(changes);
  });

  it('is the same for large files', async () => {
    const changes = await read([...largeMessage({ objects: 400 })].join(''));
    expect(changes).toHaveLength(400);
    expect(await read((await write(changes, '2.2.0')).text)).toEqual(changes);
  });

  it('is the same whatever the texts are', async () => {
    const template = await read(message({ dialect: XZUFI_220 }, schreibe(XZUFI_220, odd(new Spelling(XZUFI_220)))));
    const [change] = template;
    if (change?.op !== 'put' || change.object.kind !== 'service') throw new Error('no service');
    const { object } = change;
    // Every character that XML can say, and nothing that the reader cleans.
    const text = fc.stringMatching(/^[\t\n\r \u0021-\u00ff„“–€𝄞]{0,30}$/u).map((value) => value.replace(/[<>&]/g, ''));
    await fc.assert(
      fc.asyncProperty(text, text, async (description, attribute) => {
        const version = { version: description.trim(), createdBy: '&lt;&amp;<>"\'' };
        const id = { ...object.id, schemeName: attribute };
        const changed: CatalogueChange = { op: 'put', object: { ...object, id, version } };
        expect(await read((await write([changed], '2.2.0')).text)).toEqual([changed]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what a version has no place for', () => {
  it('is not written, and said', async () => {
    const changes = await read(
      message(
        { dialect: XZUFI_231 },
        schreibe(
          XZUFI_231,
          new Spelling(XZUFI_231).el(
            'leistung',
            new Spelling(XZUFI_231).id('id', '1', 'S1') + new Spelling(XZUFI_231).code('detailstufe', '101'),
          ),
        ),
      ),
    );
    const { findings, text } = await write(changes, '2.2.0');
    expect(findings).toEqual([
      expect.objectContaining({
        severity: 'soll',
        code: 'catalogue-xzufi/not-in-version',
        kind: 'service',
        key: { schemeAgencyId: 'S1', id: '1' },
      }),
    ]);
    expect(text).not.toContain('detailstufe');
    expect(text).toContain('http://xoev.de/schemata/xzufi/2_2_0');
  });

  it('is replaced, and said, where XML itself cannot say it', async () => {
    const changes = await read(
      message(
        { dialect: XZUFI_220 },
        schreibe(XZUFI_220, new Spelling(XZUFI_220).el('leistung', new Spelling(XZUFI_220).id('id', '1', 'S1'))),
      ),
    );
    const [change] = changes;
    if (change?.op !== 'put') throw new Error('no object');
    const object = { ...change.object, version: { version: 'a\u0001b\ud800c' } };
    const { findings, text } = await write([{ op: 'put', object }], '2.2.0');
    expect(findings.map(({ code }) => code)).toEqual(['catalogue-xzufi/characters-replaced']);
    expect(await read(text)).toEqual([{ op: 'put', object: { ...object, version: { version: 'a\ufffdb\ufffdc' } } }]);
  });
});
