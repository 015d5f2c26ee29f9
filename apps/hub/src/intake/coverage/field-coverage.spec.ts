// SPDX-License-Identifier: EUPL-1.2
import type { FormItem } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { countedPath, coverageOf, withoutIgnored } from './field-coverage.js';

const field = (name: string): FormItem => ({ kind: 'field', name, label: name, type: 'text', value: 'Erika Musterfrau' });
const group = (name: string, ...items: FormItem[]): FormItem => ({ kind: 'group', name, label: name, items });
const covered = (draft: Partial<Parameters<typeof coverageOf>[0]>, ignored: readonly string[] = []): Record<string, string> =>
  Object.fromEntries(coverageOf({ form: [], unmapped: [], ...draft }, ignored));

describe('what becomes of the fields of a submission', () => {
  it('counts answers by their path, rows as one', () => {
    const form = [
      group('antrag', field('nachname')),
      group('kinder', group('kinder_0', field('alter')), group('kinder_1', field('alter'))),
    ];
    expect(covered({ form })).toEqual({ 'antrag/nachname': 'mapped', 'kinder/kinder_*/alter': 'mapped' });
  });

  it('counts every leaf of what is carried unmapped, elements of lists as one', () => {
    const unmapped = [{ path: '/metadata', value: { rating: 3, tags: [{ a: 1 }, { a: 2, b: null }], none: {} } }];
    expect(covered({ unmapped })).toEqual({
      '/metadata/rating': 'unmapped',
      '/metadata/tags/*/a': 'unmapped',
      '/metadata/tags/*/b': 'unmapped',
      '/metadata/none': 'unmapped',
    });
  });

  it('counts what found its place outside the form, and what the adapter or the operator ignores', () => {
    const sources = { mapped: ['/id'], ignored: ['/request'] };
    const unmapped = [{ path: '/rows/3', value: { remark: 'x', other: 'y' } }];
    expect(covered({ sources, unmapped }, ['/rows/*/remark'])).toEqual({
      '/id': 'mapped',
      '/request': 'ignored',
      '/rows/*/remark': 'ignored',
      '/rows/*/other': 'unmapped',
    });
  });

  it.each([
    ['/data/erika@example.org/x', '/data/*/x'],
    ['/data/0192f0a0-0000-7000-8000-000000000001', '/data/*'],
    ['/data/kind_12', '/data/kind_*'],
    ['/data/iban4711081512', '/data/*'],
    [`/${'x'.repeat(150)}`, `/${'x'.repeat(99)}…`],
  ])('calls %s %s: names that no author of a form gave are not kept', (pointer, path) => {
    expect(countedPath(pointer)).toBe(path);
  });

  it('holds paths only, never what a citizen wrote', () => {
    const coverage = covered({ form: [field('name')], unmapped: [{ path: '/a', value: 'Erika Musterfrau' }] });
    expect(JSON.stringify(coverage)).not.toContain('Erika');
  });

  it('tells apart so many fields at most', () => {
    const value = Object.fromEntries(Array.from({ length: 6_000 }, (_, index) => [`f${index.toString(36)}x`, 1]));
    expect(coverageOf({ form: [], unmapped: [{ path: '', value }] }, []).size).toBe(5_001);
  });
});

describe('what is left to carry', () => {
  it('is everything but what the operator ignores, in the pieces in which it came', () => {
    const unmapped = [
      { path: '/metadata', value: { rating: 3, kept: { a: 1 } } },
      { path: '/rows', value: [{ remark: 'x' }, { remark: 'y', other: 1 }] },
    ];
    expect(withoutIgnored(unmapped, ['/metadata/rating', '/rows/*/remark'])).toEqual([
      { path: '/metadata', value: { kept: { a: 1 } } },
      { path: '/rows', value: [{ other: 1 }] },
    ]);
    expect(withoutIgnored(unmapped, ['/metadata', '/rows'])).toEqual([]);
  });

  it('is the very same where nothing is ignored', () => {
    const unmapped = [{ path: '/a', value: 1 }];
    expect(withoutIgnored(unmapped, [])).toBe(unmapped);
  });

  it('takes no place for another whose name it begins', () => {
    expect(withoutIgnored([{ path: '/metadata', value: 1 }], ['/meta'])).toHaveLength(1);
  });
});
