// SPDX-License-Identifier: EUPL-1.2
import { checksums } from '@amtsbote/adapter-kit';
import { aDocument, anApplication } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';

import { compileMapping, partPath, partPrefix } from './file-drop.mapping.js';
import { FileDropOptions } from './file-drop.options.js';

const HOST_KEY = `SHA256:${'a'.repeat(43)}`;
const BASIC = { host: 'h', username: 'u', password: 'p', hostKeys: [HOST_KEY], directory: '/eingang' };
const planOf = (more: Record<string, unknown> = {}, names: readonly string[] = []) =>
  compileMapping(FileDropOptions.parse({ ...BASIC, ...more }))(
    { application: anApplication(), documents: names.map((name) => aDocument(name)) },
    'act-1',
  );

describe('a hand-over', () => {
  it('is a folder in the configured one, whatever the expression gives', () => {
    expect(planOf().final).toBe(`/eingang/${anApplication().reference}`);
    expect(planOf({ folder: '"../../etc/passwd"' }).final).toMatch(/^\/eingang\/-[^/]* ~[0-9a-f]{6}$/);
    expect(() => planOf({ folder: '" "' })).toThrow('the expression gives nothing');
  });

  it('has no document in place of its two lists', () => {
    expect(planOf({}, ['SHA512SUMS', 'verzeichnis.json', 'a/b.pdf']).documents.map(({ storedAs }) => storedAs)).toEqual([
      'SHA512SUMS (2)',
      'verzeichnis (2).json',
      'a_b.pdf',
    ]);
  });

  it('is under way in a folder that no other attempt and no other act has', () => {
    const paths = [partPath('/e', 'act-1', 1), partPath('/e', 'act-1', 2), partPath('/e', 'act-2', 1)];
    expect(new Set(paths).size).toBe(3);
    for (const path of paths.slice(0, 2)) expect(path.startsWith(`/e/${partPrefix('act-1')}`)).toBe(true);
  });

  it('can be checked with sha512sum', () => {
    expect(checksums([{ document: aDocument('a b.pdf', '', { sha512: 'ff' }), storedAs: 'a b.pdf' }])).toBe('ff  a b.pdf\n');
  });
});

describe('options', () => {
  it.each([
    ['no way to log in', { password: undefined }],
    ['no key of the server', { hostKeys: [] }],
    ['a key that is no fingerprint', { hostKeys: ['SHA256:short'] }],
    ['a folder that is not absolute', { directory: 'eingang' }],
    ['a folder with a slash at its end', { directory: '/eingang/' }],
  ])('are refused with %s', (_what, change) => {
    expect(FileDropOptions.safeParse({ ...BASIC, ...change }).success).toBe(false);
  });
});
