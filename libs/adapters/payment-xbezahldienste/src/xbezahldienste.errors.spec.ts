// SPDX-License-Identifier: EUPL-1.2
import { DeliveryError } from '@amtsbote/adapter-kit';
import { HttpFailure } from '@amtsbote/platform';
import { describe, expect, it } from '@jest/globals';

import { ofConnection, ofFunctionalCode, ofStatus } from './xbezahldienste.errors.js';
import { FunctionalCode } from './xbezahldienste.wire.js';

describe('ofFunctionalCode', () => {
  it.each([
    ['NO_VALID_ORIGINATOR_OR_DESTINATION', 'misconfigured'],
    ['NO_VALID_ORIGINATOR_OR_ENDPOINT', 'misconfigured'],
    ['FORBIDDEN', 'misconfigured'],
    ['CALCULATION_ERROR', 'untransferable'],
    ['BOOKING_DATA_MISSING', 'untransferable'],
    ['VALIDATION_ERROR', 'untransferable'],
    ['PAYMENT_EXISTS', undefined],
    ['UNSPECIFIED', undefined],
  ] as const)('reads %s as %s', (code, kind) => expect(ofFunctionalCode(code)?.kind).toBe(kind));

  it('classifies every code of the standard but the two that are no failures of their own', () => {
    const unclassified = FunctionalCode.options.filter((code) => ofFunctionalCode(code) === undefined);
    expect(unclassified).toEqual(['PAYMENT_EXISTS', 'UNSPECIFIED']);
  });

  it('knows nothing of words that are not codes', () => expect(ofFunctionalCode('constructor')).toBeUndefined());
});

describe('ofStatus', () => {
  it.each([
    [301, 'create', 'misconfigured'],
    [400, 'create', 'refused'],
    [401, 'create', 'misconfigured'],
    [403, 'read', 'misconfigured'],
    [404, 'create', 'misconfigured'],
    [405, 'create', 'misconfigured'],
    [409, 'create', 'refused'],
    [429, 'create', 'unavailable'],
    [500, 'create', 'outcomeUnknown'],
    [500, 'read', 'unavailable'],
    [502, 'create', 'outcomeUnknown'],
    [503, 'create', 'unavailable'],
    [504, 'create', 'outcomeUnknown'],
    [504, 'read', 'unavailable'],
  ] as const)('reads HTTP %i of a %s as %s', (status, call, kind) => expect(ofStatus(status, call).kind).toBe(kind));

  it('passes the pause on', () => expect(ofStatus(503, 'create', 5_000).retryAfterMs).toBe(5_000));
});

describe('ofConnection', () => {
  it.each([
    ['tls', 'notSent', 'create', 'misconfigured'],
    ['unreachable', 'notSent', 'create', 'unavailable'],
    ['timeout', 'sent', 'create', 'outcomeUnknown'],
    ['timeout', 'sent', 'read', 'unavailable'],
  ] as const)('reads %s (%s) of a %s as %s', (code, stage, call, kind) => {
    const error = ofConnection(new HttpFailure(code, stage, 'x', undefined), call);
    expect(error instanceof DeliveryError ? error.kind : error).toBe(kind);
  });

  it('hides no mistake of our own', () => {
    const bug = new TypeError('x');
    expect(ofConnection(bug, 'create')).toBe(bug);
  });
});
