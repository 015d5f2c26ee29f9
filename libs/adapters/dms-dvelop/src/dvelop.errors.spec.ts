// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';

import { asDeliveryError, DvelopFailure, LinkMissing, type Purpose, UnreadableAnswer } from './dvelop.errors.js';

const { signal } = new AbortController();
const classified = (error: unknown, repeatable: boolean): string => {
  const result = asDeliveryError(error, { repeatable, signal });
  return result instanceof DeliveryError ? `${result.kind} ${result.code}` : 'unchanged';
};

describe('failures of d.velop documents', () => {
  it.each<[number, Purpose, string]>([
    [302, 'look', 'misconfigured dms-dvelop/redirected'],
    [400, 'look', 'misconfigured dms-dvelop/request-not-understood'],
    [400, 'create', 'misconfigured dms-dvelop/creation-not-understood'],
    [401, 'create', 'misconfigured dms-dvelop/login-refused'],
    [403, 'create', 'misconfigured dms-dvelop/permission-denied'],
    [403, 'update', 'unavailable dms-dvelop/locked'],
    [404, 'repository', 'misconfigured dms-dvelop/repository-missing'],
    [404, 'create', 'misconfigured dms-dvelop/category-or-dossier-missing'],
    [404, 'look', 'misconfigured dms-dvelop/not-there'],
    [406, 'look', 'misconfigured dms-dvelop/not-supported'],
    [409, 'create', 'refused dms-dvelop/constraint'],
    [409, 'update', 'unavailable dms-dvelop/update-conflict'],
    [412, 'update', 'unavailable dms-dvelop/update-conflict'],
    [413, 'upload', 'refused dms-dvelop/content-too-large'],
    [415, 'upload', 'refused dms-dvelop/content-refused'],
    [418, 'look', 'refused dms-dvelop/refused'],
    [422, 'create', 'refused dms-dvelop/content-refused'],
    [423, 'update', 'unavailable dms-dvelop/locked'],
    [429, 'create', 'unavailable dms-dvelop/throttled'],
    [503, 'create', 'unavailable dms-dvelop/server-error'],
    [507, 'upload', 'unavailable dms-dvelop/storage-full'],
  ])('%i to %s is %s, whether or not the call may be repeated', (status, purpose, expected) => {
    expect([classified(new DvelopFailure(status, purpose), false), classified(new DvelopFailure(status, purpose), true)]).toEqual([
      expected,
      expected,
    ]);
  });

  it.each([500, 502, 504])('%i leaves a creation open, not a look', (status) => {
    expect(classified(new DvelopFailure(status, 'create'), false)).toBe('outcomeUnknown dms-dvelop/failed-inside');
    expect(classified(new DvelopFailure(status, 'look'), true)).toBe('unavailable dms-dvelop/server-error');
  });

  it('that speak of a virus where no content was sent are no virus', () => {
    expect(classified(new DvelopFailure(422, 'upload', { isVirus: true }), true)).toBe('refused dms-dvelop/virus-refused');
    expect(classified(new DvelopFailure(400, 'look', { isVirus: true }), true)).toBe('misconfigured dms-dvelop/request-not-understood');
  });

  it.each([
    ['chunkedupload', 'unavailable dms-dvelop/read-only'],
    ['updateWithContent', 'unavailable dms-dvelop/locked'],
    ['searchresultwithmapping', 'misconfigured dms-dvelop/not-supported'],
  ])('are a relation %s that is not offered', (relation, expected) => {
    expect(classified(new LinkMissing(relation), true)).toBe(expected);
  });

  it('are an answer in another language, and bugs of ours stay bugs', () => {
    expect(classified(new UnreadableAnswer('x'), false)).toBe('outcomeUnknown dms-dvelop/unreadable-answer');
    expect(classified(new TypeError('x'), false)).toBe('unchanged');
  });
});
