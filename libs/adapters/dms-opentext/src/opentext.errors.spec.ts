// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';

import { asDeliveryError, mayBeTaken, OpentextFailure, type Purpose, UnreadableAnswer } from './opentext.errors.js';

const { signal } = new AbortController();
const classified = (error: unknown, repeatable: boolean): string => {
  const result = asDeliveryError(error, { repeatable, signal });
  return result instanceof DeliveryError ? `${result.kind} ${result.code}` : 'unchanged';
};

describe('failures of Content Server', () => {
  it.each<[number, Purpose, string]>([
    [302, 'look', 'misconfigured dms-opentext/redirected'],
    [400, 'look', 'misconfigured dms-opentext/request-not-understood'],
    [400, 'create', 'misconfigured dms-opentext/creation-not-understood'],
    [400, 'version', 'unavailable dms-opentext/locked'],
    [401, 'login', 'misconfigured dms-opentext/login-refused'],
    [401, 'look', 'misconfigured dms-opentext/ticket-refused'],
    [403, 'create', 'misconfigured dms-opentext/permission-denied'],
    [404, 'login', 'misconfigured dms-opentext/not-there'],
    [404, 'create', 'misconfigured dms-opentext/folder-or-category-missing'],
    [409, 'create', 'refused dms-opentext/name-taken'],
    [409, 'version', 'unavailable dms-opentext/update-conflict'],
    [412, 'version', 'unavailable dms-opentext/update-conflict'],
    [413, 'create', 'refused dms-opentext/content-too-large'],
    [415, 'create', 'refused dms-opentext/content-refused'],
    [418, 'look', 'refused dms-opentext/refused'],
    [422, 'create', 'refused dms-opentext/content-refused'],
    [423, 'version', 'unavailable dms-opentext/locked'],
    [429, 'create', 'unavailable dms-opentext/throttled'],
    [503, 'create', 'unavailable dms-opentext/read-only'],
    [507, 'create', 'unavailable dms-opentext/storage-full'],
  ])('%i to %s is %s, whether or not the call may be repeated', (status, purpose, expected) => {
    const error = new OpentextFailure(status, purpose);
    expect([classified(error, false), classified(error, true)]).toEqual([expected, expected]);
  });

  it.each([500, 502, 504])('%i leaves a creation open, not a look', (status) => {
    expect(classified(new OpentextFailure(status, 'create'), false)).toBe('outcomeUnknown dms-opentext/failed-inside');
    expect(classified(new OpentextFailure(status, 'look'), true)).toBe('unavailable dms-opentext/server-error');
  });

  it('that speak of a virus are said before anything is stored', () => {
    expect(classified(new OpentextFailure(500, 'create', { isVirus: true }), false)).toBe('refused dms-opentext/virus-refused');
  });

  it('are an answer in another language, and bugs of ours stay bugs', () => {
    expect(classified(new UnreadableAnswer('x'), false)).toBe('outcomeUnknown dms-opentext/unreadable-answer');
    expect(classified(new TypeError('x'), false)).toBe('unchanged');
  });

  it('may mean a taken name: only of a creation', () => {
    const taken = (status: number, purpose: Purpose): boolean => mayBeTaken(new OpentextFailure(status, purpose));
    expect([taken(400, 'create'), taken(409, 'create'), taken(400, 'version'), taken(404, 'create')]).toEqual([true, true, false, false]);
  });
});
