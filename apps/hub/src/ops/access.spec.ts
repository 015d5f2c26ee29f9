// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import type { HubConfig } from '../config/hub-config.js';
import { bothTenants } from './operator.js';
import { isOwn, isVisible, tenantsOfEndpoint, tenantsOfInstance } from './reach.js';
import { sessionCookie, sessionTokenOf } from './session-cookie.js';

/** Only what reach looks at. */
const CONFIG = {
  tenants: { '05711': { name: 'A' }, '05112': { name: 'B' } },
  endpoints: { one: { tenant: '05711' }, many: { tenant: '05711', authorities: { x: '05711', y: '05112' } } },
  routes: [
    { name: 'a', match: { tenants: ['05711'] }, reportTo: 'portal', steps: [{ name: 'file', kind: 'filing', instance: 'own', after: [] }] },
    { name: 'b', match: {}, steps: [{ name: 'file', kind: 'filing', instance: 'shared', after: [] }] },
    { name: 'c', match: { endpoints: ['one'] }, steps: [{ name: 'file', kind: 'filing', instance: 'fed', after: [] }] },
    { name: 'd', match: { tenants: ['05112'] }, reportTo: 'portal', steps: [{ name: 'get', kind: 'pickup', queue: 'own', after: [] }] },
  ],
} as unknown as HubConfig;

describe('whom something serves', () => {
  it.each([
    ['own', ['05711']],
    ['shared', ['05112', '05711']],
    ['fed', ['05711']],
    ['portal', ['05112', '05711']],
    ['unused', []],
  ])('instance %s', (name, tenants) => {
    expect([...tenantsOfInstance(name, CONFIG)].sort()).toEqual(tenants);
  });
  it('an endpoint that tells offices apart serves all of them', () => {
    expect([tenantsOfEndpoint('one', CONFIG), tenantsOfEndpoint('many', CONFIG)]).toEqual([['05711'], ['05711', '05112']]);
  });
  it('what is shared may be seen by each and stopped by none of them', () => {
    const shared = ['05711', '05112'];
    expect([isVisible(shared, ['05711']), isOwn(shared, ['05711']), isOwn(shared, null), isOwn(['05711'], ['05711'])]).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect([isVisible(['05112'], ['05711']), isOwn([], ['05711'])]).toEqual([false, false]);
  });
  it('a session may do what both its link and the configuration of now allow', () => {
    expect(bothTenants(null, null)).toBeNull();
    expect(bothTenants(null, ['05711'])).toEqual(['05711']);
    expect(bothTenants(['05711', '05112'], ['05112'])).toEqual(['05112']);
    expect(bothTenants(['05711'], ['05112'])).toEqual([]);
  });
});

describe('the session cookie', () => {
  it('is found among others, and nothing else is taken for it', () => {
    const token = 'a'.repeat(43);
    expect(sessionTokenOf(`x=1; amtsbote_console=${token}; y=2`)).toBe(token);
    expect([
      sessionTokenOf(undefined),
      sessionTokenOf(''),
      sessionTokenOf('amtsbote_console='),
      sessionTokenOf(`xamtsbote_console=${token}`),
    ]).toEqual([undefined, undefined, undefined, undefined]);
  });
  it('goes over TLS only where the hub has it', () => {
    expect(sessionCookie('https://hub.example.org', { token: 't', seconds: 60 })).toMatch(/; Secure$/);
    expect(sessionCookie('http://127.0.0.1:8480', { token: 't', seconds: 60 })).not.toContain('Secure');
  });
});
