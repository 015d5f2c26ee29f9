// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import { ZodError } from 'zod';

import { isMessageType, MESSAGES, parseMessage, requestType, TYPE_PREFIX } from './messages.js';
import { StepKind } from './states.js';

const ID = '0192f0a0-0000-7000-8000-000000000001';
const step = { applicationId: ID, stepId: ID, name: 'file', kind: 'filing', instance: 'eakte' };
const envelope = {
  specversion: '1.0',
  id: ID,
  type: `${TYPE_PREFIX}filing.requested.v1`,
  source: 'amtsbote/hub',
  subject: ID,
  time: '2026-01-31T10:00:00.000Z',
  tenant: '057110000000',
  correlation: ID,
  causation: ID,
  data: step,
};

describe('parseMessage', () => {
  it('reads an envelope from the wire, with the short type', () => {
    expect(parseMessage(envelope)).toEqual({ ...envelope, type: 'filing.requested.v1' });
  });

  it('reads what it has read, and what was never on the wire', () => {
    const message = parseMessage(envelope);
    expect(parseMessage(message)).toEqual(message);
  });

  it.each(['de.amtsbote.filing.requested.v2', 'filing.requested', 'toString', '__proto__', ''])('knows no type %p', (type) =>
    expect(() => parseMessage({ ...envelope, type })).toThrow(RangeError),
  );

  it.each([
    ['an unknown member', { ...envelope, more: 1 }],
    ['an unknown member of the data', { ...envelope, data: { ...step, more: 1 } }],
    ['data of another type', { ...envelope, data: { applicationId: ID } }],
    ['no data', { ...envelope, data: undefined }],
    ['another version of the envelope', { ...envelope, specversion: '0.3' }],
    ['an id that is none', { ...envelope, id: '1' }],
    ['a time without milliseconds', { ...envelope, time: '2026-01-31T10:00:00Z' }],
    ['a local time', { ...envelope, time: '2026-01-31T10:00:00.000+01:00' }],
    ['a tenant that is none', { ...envelope, tenant: 'Musterstadt' }],
    ['nothing at all', null],
  ])('refuses %s', (_what, candidate) => expect(() => parseMessage(candidate)).toThrow(ZodError));
});

describe('message types', () => {
  it('are facts in the past tense or requests, with a version', () => {
    for (const type of Object.keys(MESSAGES)) expect(type).toMatch(/^[a-z]+\.(?:requested|[a-z]+(?:ed|Changed))\.v\d+$/);
  });

  it('have a request for every kind of step', () => {
    for (const kind of StepKind.options) expect(isMessageType(requestType(kind))).toBe(true);
  });

  it('are known by their short name only', () => {
    expect(isMessageType('filing.requested.v1')).toBe(true);
    expect(isMessageType(`${TYPE_PREFIX}filing.requested.v1`)).toBe(false);
    expect(isMessageType('constructor')).toBe(false);
  });
});
