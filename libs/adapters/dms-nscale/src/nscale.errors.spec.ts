// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';

import { asDeliveryError, NscaleFailure, UnreadableAnswer } from './nscale.errors.js';

const { signal } = new AbortController();
const classified = (error: unknown, repeatable: boolean): string => {
  const result = asDeliveryError(error, { repeatable, signal });
  return result instanceof DeliveryError ? `${result.kind} ${result.code}` : 'unchanged';
};

describe('failures of nscale', () => {
  it.each([
    [400, 'UnknownObjectclass', 'misconfigured dms-nscale/unknown-object-class'],
    [400, 'UnknownIndexingProperty', 'misconfigured dms-nscale/unknown-property'],
    [401, 'NoSession', 'misconfigured dms-nscale/session-refused'],
    [403, 'none', 'misconfigured dms-nscale/access-denied'],
    [404, 'none', 'misconfigured dms-nscale/not-there'],
    [409, 'FolderClosed', 'refused dms-nscale/akte-closed'],
    [302, 'none', 'misconfigured dms-nscale/redirected'],
    [409, 'none', 'unavailable dms-nscale/update-conflict'],
    [412, 'none', 'unavailable dms-nscale/update-conflict'],
    [415, 'none', 'refused dms-nscale/content-refused'],
    [422, 'VirusFound', 'refused dms-nscale/virus-refused'],
    [423, 'none', 'unavailable dms-nscale/object-locked'],
    [503, 'RepositoryReadOnly', 'unavailable dms-nscale/read-only'],
    [507, 'none', 'unavailable dms-nscale/storage-full'],
    [413, 'none', 'refused dms-nscale/content-too-large'],
    [418, 'Whatever', 'refused dms-nscale/refused'],
    [422, 'ContentRefused', 'refused dms-nscale/content-refused'],
    [422, 'PropertyValueTooLong', 'untransferable dms-nscale/value-too-long'],
    [423, 'ResourceLocked', 'unavailable dms-nscale/object-locked'],
    [429, 'none', 'unavailable dms-nscale/throttled'],
    [500, 'none', 'unavailable dms-nscale/server-error'],
    [503, 'none', 'unavailable dms-nscale/server-error'],
  ])('%i %s is %s', (status, code, expected) => {
    expect(classified(new NscaleFailure(status, code), false)).toBe(expected);
    expect(classified(new NscaleFailure(status, code), true)).toBe(expected);
  });

  it.each([
    [401, 'NoSession', 'dmsLogin'],
    [423, 'ResourceLocked', 'dmsLocked'],
    [403, 'none', 'dmsRights'],
    [400, 'UnknownIndexingProperty', 'dmsProperty'],
    [422, 'PropertyValueTooLong', 'dmsValueTooLong'],
    [507, 'none', 'dmsStorage'],
    [503, 'RepositoryReadOnly', 'dmsReadOnly'],
    [422, 'VirusFound', 'dmsVirus'],
  ])('%i %s tells the operator what to do: %s', (status, code, hintKey) => {
    expect(asDeliveryError(new NscaleFailure(status, code), { repeatable: true, signal })).toMatchObject({ hintKey });
  });

  it.each([502, 504])('a gateway that answers %i leaves a creation open, not a search', (status) => {
    expect(classified(new NscaleFailure(status, 'none'), false)).toBe('outcomeUnknown dms-nscale/gateway');
    expect(classified(new NscaleFailure(status, 'none'), true)).toBe('unavailable dms-nscale/server-error');
  });

  it('an answer nobody can read leaves a creation open, not a search', () => {
    expect(classified(new UnreadableAnswer('x'), false)).toBe('outcomeUnknown dms-nscale/unreadable-answer');
    expect(classified(new UnreadableAnswer('x'), true)).toBe('unavailable dms-nscale/unreadable-answer');
  });

  it('a bug of ours is not blamed on nscale', () => {
    expect(classified(new TypeError('x is undefined'), false)).toBe('unchanged');
  });
});
