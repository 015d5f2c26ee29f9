// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { authenticate, isSameSecret } from './credentials.js';

const credentials = [
  { name: 'office', token: 'token-of-the-office' },
  { name: 'portal', token: 'token:of the portal ä' },
];
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('authenticate', () => {
  it.each([
    ['Bearer token-of-the-office', 'office'],
    ['bearer token-of-the-office', 'office'],
    [basic('anybody:token-of-the-office'), 'office'],
    [basic(':token-of-the-office'), 'office'],
    [basic('u:token:of the portal ä'), 'portal'],
  ])('knows %s as %s', (authorization, name) => expect(authenticate(authorization, credentials).name).toBe(name));

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer token-of-the-offic',
    'Bearer token-of-the-officee',
    'Bearer TOKEN-OF-THE-OFFICE',
    'token-of-the-office',
    'Digest token-of-the-office',
    'Basic',
    'Basic !!!',
    basic('token-of-the-office:'),
    basic('office:wrong'),
  ])('refuses %j with 401', (authorization) => {
    expect(() => authenticate(authorization, credentials)).toThrow(expect.objectContaining({ status: 401, code: 'not-authenticated' }));
  });

  it('lets nobody in where there are no credentials, or an empty one', () => {
    expect(() => authenticate('Bearer x', [])).toThrow(expect.objectContaining({ status: 401 }));
    expect(() => authenticate('Bearer ', [{ token: '' }])).toThrow(expect.objectContaining({ status: 401 }));
  });
});

describe('isSameSecret', () => {
  it('compares secrets of any length', () => {
    expect([isSameSecret('a', 'a'), isSameSecret('a', 'ab'), isSameSecret('', ''), isSameSecret('ä', 'ä')]).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });
});
