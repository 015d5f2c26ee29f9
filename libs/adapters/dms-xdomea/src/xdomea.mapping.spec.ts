// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { aDocument, anApplication } from '@amtsbote/adapter-kit/testing';
import { allOf, faultsOf, type Node, readXml } from '@amtsbote/adapters/dms-xdomea/simulator';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { stableId } from './xdomea.ids.mapping.js';
import { compileMapping } from './xdomea.mapping.js';
import { XdomeaOptions } from './xdomea.options.js';

const BASIC = {
  drop: { type: 'folder', directory: '/xdomea' },
  sender: { institution: 'Stadt "Musterstadt" <Ordnungsamt>', unit: 'Gewerbe & Märkte' },
  receiver: { institution: 'Stadt Musterstadt' },
  akte: { key: 'application.tenant', title: '"Gewerbeakte " + text(fields, "bezeichnung")', plan: { number: '32.10' } },
  vorgang: { title: 'application.publicService.name', properties: { betrieb: 'text(fields, "bezeichnung")' } },
  document: { properties: { rolle: 'document.role', groesse: 'string(document.size)' } },
  location: 'eingang',
};
const VERSIONS = ['3.0.0', '4.0.0'] as const;
const MESSAGES = ['0605', '0101'] as const;

/** Any text at all, lone surrogates and control characters with it. */
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const bezeichnung = (value: string) => ({
  kind: 'field' as const,
  name: 'bezeichnung',
  label: 'Bezeichnung',
  type: 'text' as const,
  value,
});

describe('any application', () => {
  it.each(VERSIONS.flatMap((version) => MESSAGES.map((message) => [version, message] as const)))(
    'gives a well-formed message (%s, %s) that lists every document exactly once, in its place',
    (version, message) => {
      const map = compileMapping(XdomeaOptions.parse({ ...BASIC, version, message }));
      fc.assert(
        fc.property(anyText, anyText, fc.array(anyText, { maxLength: 6 }), fc.boolean(), (name, service, fileNames, isDecided) => {
          const application = anApplication({ form: [bezeichnung(name)], publicService: { leikaKeys: [], name: service } });
          const documents = fileNames.map((fileName, at) => aDocument(fileName, `${at}`, { key: `doc-${at}`, mediaType: service }));
          const decision = { id: 'd', outcome: 'granted' as const, text: '', documents: [], decidedAt: '2026-02-10T09:00:00.000Z' };
          const plan = map({ application, documents, ...(isDecided ? { decision } : {}) }, 'act-1');
          const read = readXml(plan.xml);
          expect(faultsOf(read)).toEqual([]);
          const listed = allOf(read, 'Dateiname').map(({ text }) => text);
          expect(listed).toEqual(plan.files.map(({ shown }) => shown.fileName));
          expect(new Set(listed).size).toBe(fileNames.length);
          expect(map({ application, documents, ...(isDecided ? { decision } : {}) }, 'act-1').xml).toBe(plan.xml);
        }),
        { numRuns: 100 },
      );
    },
  );
});

describe('what a DMS shows', () => {
  const xml = (more: Record<string, unknown> = {}): Node => {
    const map = compileMapping(XdomeaOptions.parse({ ...BASIC, version: '4.0.0', ...more }));
    const documents = [aDocument('Größe.pdf'), aDocument('liste.txt', 'x', { mediaType: 'text/plain' })];
    return readXml(map({ application: anApplication({ form: [bezeichnung('Käse')] }), documents }, 'act-1').xml);
  };
  const texts = (node: Node, name: string): string[] => allOf(node, name).map(({ text }) => text);

  it('is in the words of the expressions', () => {
    expect(texts(xml(), 'Betreff')).toEqual(['Gewerbeakte Käse', 'Gewerbeanmeldung', 'Größe.pdf', 'liste.txt']);
    expect(texts(xml(), 'Kennzeichen')).toEqual(['32.10', anApplication().reference]);
    expect(texts(xml(), 'Wert').filter((value) => value.length < 100)).toEqual(['attachment', '22', 'attachment', '1', 'Käse']);
  });

  it('are codes of the lists, and the media type where no code is known', () => {
    expect(allOf(xml(), 'Format').map((format) => [texts(format, 'code')[0], texts(format, 'SonstigerName')])).toEqual([
      ['100', ['application/pdf']],
      ['045', []],
    ]);
    const known = xml({ codes: { fileFormats: { 'application/pdf': '018' }, fileFormatsVersion: '3.0' } });
    expect(allOf(known, 'Format').map((format) => texts(format, 'code')[0])).toEqual(['018', '100']);
    expect(allOf(known, 'Format')[0]?.children[0]?.attributes['listVersionID']).toBe('3.0');
  });
});

describe('ids', () => {
  it('are of version 5, the same for the same, and others for others', () => {
    expect(stableId('akte', 'x')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(stableId('akte', 'x')).toBe(stableId('akte', 'x'));
    expect(new Set([stableId('akte', 'x'), stableId('vorgang', 'x'), stableId('akte', 'y')]).size).toBe(3);
    // Messages that are under way when the hub is upgraded have to be found again.
    expect(stableId('process', 'filing-1')).toBe('0227b8a1-2e83-5a8c-be16-f1ae60d67ec9');
  });
});

/** The public samples, where somebody put them beside the project; they are read and never copied. */
function samples(): string[] {
  for (let at = dirname(fileURLToPath(import.meta.url)); at !== dirname(at); at = dirname(at)) {
    const folder = join(at, 'shared/samples/xdomea');
    if (existsSync(folder))
      return readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap((name) =>
        name.endsWith('.xml') ? [join(folder, name)] : [],
      );
  }
  return [];
}
const found = samples();

(found.length > 0 ? describe : describe.skip)('the public samples of the standard (need shared/samples/xdomea beside the project)', () => {
  it.each(found)('are judged right by the table that judges our messages: %s', (path) => {
    expect(faultsOf(readXml(readFileSync(path, 'utf8')))).toEqual([]);
  });

  it.each(found)('use the same lists for the same codes as our messages: %s', (path) => {
    const sample = readXml(readFileSync(path, 'utf8'));
    const version = sample.namespace.split(':').at(-1);
    const map = compileMapping(XdomeaOptions.parse({ ...BASIC, version }));
    const ours = readXml(map({ application: anApplication({ form: [bezeichnung('x')] }), documents: [aDocument('a.pdf')] }, 'act-1').xml);
    const lists = (node: Node): Map<string, unknown> =>
      new Map(
        ['Nachrichtentyp', 'nachrichtentyp', 'Medium', 'Algorithmus'].flatMap((name) =>
          allOf(node, name).map(({ attributes }) => [name, { ...attributes }] as const),
        ),
      );
    const used = [...lists(ours)];
    expect(used.length).toBeGreaterThan(1);
    for (const [name, list] of used) expect({ name, list }).toEqual({ name, list: lists(sample).get(name) });
  });
});
