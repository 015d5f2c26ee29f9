// SPDX-License-Identifier: EUPL-1.2
import { type FilingPlan, type FilingRequest, folderOwnerIn, PART_NAME, partName } from '@amtsbote/adapter-kit';
import { aDocument, anApplication } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';

import { compileMapping } from './webdav.mapping.js';
import { WebdavOptions } from './webdav.options.js';

const BASIC = { baseUrl: 'https://files.example/dav', username: 'amtsbote', password: 'secret' };

function planOf(names: readonly string[], more: Record<string, unknown> = {}, decision?: FilingRequest['decision']): FilingPlan {
  const options = WebdavOptions.parse({ ...BASIC, akte: { folder: '"Akte"' }, ...more });
  const documents = names.map((name) => aDocument(name));
  return compileMapping(options)({ application: anApplication(), documents, ...(decision === undefined ? {} : { decision }) }, 'filing-1');
}
const storedAs = (names: readonly string[], more?: Record<string, unknown>): string[] =>
  planOf(names, more).documents.map((document) => document.storedAs);
const akte = (text: string): string => planOf([], { akte: { folder: JSON.stringify(text) } }).akte;

describe('names of documents', () => {
  it.each([
    ['Zeugnis "neu": 1/2?.pdf', 'Zeugnis _neu__ 1_2_.pdf'],
    ['a<b>c|d*.pdf', 'a_b_c_d_.pdf'],
    ['.htaccess', '_htaccess'],
    ['con.txt', '_con.txt'],
    ['Ende.', 'Ende_'],
    ['Müller; Söhne & Töchter.pdf', 'Müller; Söhne & Töchter.pdf'],
  ])('are taken by every file system: %p is stored as %p', (name, stored) => {
    expect(storedAs([name])).toEqual([stored]);
  });

  it('never hide a file or steer the server, also where everything else is legal', () => {
    expect(storedAs(['.htaccess', 'a:b.pdf'], { names: 'posix' })).toEqual(['_htaccess', 'a:b.pdf']);
  });

  it('that became equal are numbered, and none takes the place of the list of contents', () => {
    expect(storedAs(['a:b.pdf', 'a?b.pdf', 'verzeichnis.json'])).toEqual(['a_b.pdf', 'a_b (2).pdf', 'verzeichnis (2).json']);
  });
});

describe('names of folders', () => {
  it('are the texts of the expressions where a file system takes them', () => {
    expect(akte('Gewerbeakte Käse & Söhne')).toBe('Gewerbeakte Käse & Söhne');
  });

  it('never lead two different texts to the same folder', () => {
    const texts = ['A/B', 'A-B', 'A\\B', 'A:B', `${'x'.repeat(130)}1`, `${'x'.repeat(130)}2`, '..', '...', 'CON', 'Akte.', 'Akte'];
    const folders = texts.map(akte);
    expect(new Set(folders.map((name) => name.toLowerCase())).size).toBe(texts.length);
    for (const folder of folders) {
      expect(folder).not.toMatch(/[<>:"/\\|?*]|^\.|[. ]$/);
      expect(Buffer.byteLength(folder)).toBeLessThanOrEqual(128);
    }
  });

  it('have to be something', () => {
    expect(() => akte('  ')).toThrow('akte.folder is empty');
  });

  it('of a decision are its own, in the same Vorgang', () => {
    const decided = { id: 'd', outcome: 'granted' as const, text: '', documents: [], decidedAt: '2026-02-10T09:00:00.000Z' };
    const [first, decision] = [planOf(['a.pdf']), planOf(['a.pdf'], {}, decided)];
    expect(decision.folder.slice(0, 2)).toEqual(first.folder);
    expect(decision.folder[2]).toMatch(/^Bescheid 2026-02-10 [0-9a-f]{6}$/);
  });
});

describe('the list of contents', () => {
  it('says whose folder it is, with index data and every document as the citizen named it', () => {
    const options = { vorgang: { folder: '"V"', properties: { vorgangsnummer: 'application.reference' } } };
    const plan = planOf(['a:b.pdf'], options);
    expect(folderOwnerIn(plan.contents)).toEqual({ application: anApplication().id, act: 'filing-1' });
    expect(JSON.parse(plan.contents)).toMatchObject({
      properties: { vorgangsnummer: anApplication().reference },
      documents: [{ storedAs: 'a_b.pdf', fileName: 'a:b.pdf', originalName: 'a:b.pdf' }],
    });
  });

  it.each(['', '[]', 'null', '{"application":1,"act":"x"}', '{"application":"x"}', '{'])('is not read out of %p', (text) => {
    expect(folderOwnerIn(text)).toBeUndefined();
  });
});

it('parts of two attempts never share a name', () => {
  const names = [partName('filing-1', 'a', 1), partName('filing-1', 'a', 2), partName('filing-1', 'b', 1), partName('filing-2', 'a', 1)];
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(PART_NAME);
});
