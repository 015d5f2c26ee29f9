// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { TokenFailure } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { asDeliveryError, type Call, CmisFailure, mayBeTaken, UnreadableAnswer } from './cmis.errors.js';

const { signal } = new AbortController();
const classified = (error: unknown, call: Omit<Call, 'signal'>): string => {
  const result = asDeliveryError(error, { ...call, signal });
  return result instanceof DeliveryError ? `${result.kind} ${result.code}` : 'unchanged';
};

describe('failures of a repository', () => {
  it.each([
    [400, 'invalidArgument', 'refused dms-cmis/invalid-argument'],
    [401, 'none', 'misconfigured dms-cmis/login-refused'],
    [403, 'permissionDenied', 'misconfigured dms-cmis/permission-denied'],
    [403, 'streamNotSupported', 'misconfigured dms-cmis/content-not-allowed'],
    [403, 'none', 'misconfigured dms-cmis/permission-denied'],
    [404, 'objectNotFound', 'misconfigured dms-cmis/not-there'],
    [404, 'none', 'misconfigured dms-cmis/not-there'],
    [405, 'notSupported', 'misconfigured dms-cmis/not-supported'],
    [409, 'nameConstraintViolation', 'refused dms-cmis/name-taken'],
    [409, 'constraint', 'refused dms-cmis/constraint'],
    [409, 'contentAlreadyExists', 'refused dms-cmis/content-exists'],
    [409, 'updateConflict', 'unavailable dms-cmis/update-conflict'],
    [409, 'versioning', 'unavailable dms-cmis/checked-out'],
    [409, 'none', 'refused dms-cmis/constraint'],
    [412, 'none', 'unavailable dms-cmis/update-conflict'],
    [413, 'none', 'refused dms-cmis/content-too-large'],
    [418, 'none', 'refused dms-cmis/refused'],
    [422, 'none', 'refused dms-cmis/content-refused'],
    [423, 'none', 'unavailable dms-cmis/locked'],
    [429, 'none', 'unavailable dms-cmis/throttled'],
    [500, 'storage', 'unavailable dms-cmis/storage-full'],
    [503, 'none', 'unavailable dms-cmis/server-error'],
    [507, 'none', 'unavailable dms-cmis/storage-full'],
    [302, 'none', 'misconfigured dms-cmis/redirected'],
    [308, 'none', 'misconfigured dms-cmis/redirected'],
  ])('%i %s is %s, whatever the call was for', (status, exception, expected) => {
    expect(classified(new CmisFailure(status, exception), { repeatable: false })).toBe(expected);
    expect(classified(new CmisFailure(status, exception), { repeatable: true })).toBe(expected);
  });

  it.each([
    [500, 'runtime'],
    [500, 'none'],
    [502, 'none'],
    [504, 'none'],
  ])('%i %s leaves a creation open, not a look', (status, exception) => {
    expect(classified(new CmisFailure(status, exception), { repeatable: false })).toBe('outcomeUnknown dms-cmis/failed-inside');
    expect(classified(new CmisFailure(status, exception), { repeatable: true })).toBe('unavailable dms-cmis/server-error');
  });

  it('that say 404 to a creation are the configuration: not tried again', () => {
    expect(classified(new CmisFailure(404, 'objectNotFound'), { repeatable: false, during: 'create' })).toBe(
      'misconfigured dms-cmis/type-or-folder-missing',
    );
  });

  it('that do not understand a search are the configuration', () => {
    expect(classified(new CmisFailure(400, 'invalidArgument'), { repeatable: true, during: 'query' })).toBe(
      'misconfigured dms-cmis/query-not-understood',
    );
  });

  it('by 409 may mean a taken name when they say so, or say nothing', () => {
    const taken = ['nameConstraintViolation', 'none', 'constraint', 'versioning', 'updateConflict'].filter((exception) =>
      mayBeTaken(new CmisFailure(409, exception)),
    );
    expect(taken).toEqual(['nameConstraintViolation', 'none']);
  });

  it('that nobody can read leave a creation open, not a look', () => {
    expect(classified(new UnreadableAnswer('x'), { repeatable: false })).toBe('outcomeUnknown dms-cmis/unreadable-answer');
    expect(classified(new UnreadableAnswer('x'), { repeatable: true })).toBe('unavailable dms-cmis/unreadable-answer');
  });

  it('of the token endpoint came before anything was sent', () => {
    expect(classified(new TokenFailure(401), { repeatable: false })).toBe('misconfigured dms-cmis/token-refused');
    expect(classified(new TokenFailure(503, 7_000), { repeatable: false })).toBe('unavailable dms-cmis/token-unavailable');
  });

  it('are not to blame for a bug of ours', () => {
    expect(classified(new TypeError('x is undefined'), { repeatable: false })).toBe('unchanged');
  });
});
