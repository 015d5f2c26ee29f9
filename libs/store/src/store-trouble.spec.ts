// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { isStatementCancelled, isStoreTrouble } from './store-trouble.js';

const withCode = (code: string): Error => Object.assign(new Error('x'), { code });

describe('trouble of the store', () => {
  it.each([
    ['a shutdown', withCode('57P01')],
    ['a server that is starting', withCode('57P03')],
    ['no connection left', withCode('53300')],
    ['a full disk', withCode('53100')],
    ['a deadlock', withCode('40P01')],
    ['nobody listening', withCode('ECONNREFUSED')],
    ['a lost connection', new Error('Connection terminated unexpectedly')],
    ['a pool that waits in vain', new Error('timeout exceeded when trying to connect')],
  ])('is %s', (_what, error) => {
    expect(isStoreTrouble(error)).toBe(true);
  });

  it.each([
    ['a row that is there already', withCode('23505')],
    ['a value that does not fit', withCode('22P02')],
    ['a statement that is wrong', withCode('42601')],
    ['a right that is missing', withCode('42501')],
    ['a mistake of ours', new TypeError('Connection is undefined')],
    ['a statement that takes too long', withCode('57014')],
    ['a missing file', withCode('ENOENT')],
    ['no error at all', undefined],
  ])('is not %s', (_what, error) => {
    expect(isStoreTrouble(error)).toBe(false);
  });
});

describe('a cancelled statement', () => {
  it('is told from everything else', () => {
    expect(isStatementCancelled(withCode('57014'))).toBe(true);
    for (const other of [withCode('57P01'), new Error('57014'), undefined]) expect(isStatementCancelled(other)).toBe(false);
  });
});
