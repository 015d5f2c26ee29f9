// SPDX-License-Identifier: EUPL-1.2
import { inspect } from 'node:util';

import { anApplication } from '@amtsbote/adapter-kit/testing';
import type { Application } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { AktenplanRule } from '../config/route-config.js';
import { placeOf, ruleOf } from './aktenplan.js';

const BY_NAME = 'application.applicant.familyName + "|" + application.applicant.givenName';
const place = (akte: object, application: Application = anApplication(), more: object = {}) =>
  placeOf(ruleOf('gewerbe', AktenplanRule.parse({ version: 3, akte: { title: '"Akte"', ...akte }, ...more })), application);
const keyOf = (akte: object, application?: Application): string => place(akte, application).akte.key;
const named = (familyName: string): Application => anApplication({ applicant: { kind: 'person', familyName, givenName: 'Erika' } });

describe('the key of an Akte', () => {
  it.each<[string, object, string]>([
    ['service', {}, 'gewerbe/057110000000'],
    ['year', {}, 'gewerbe/057110000000/2026'],
    ['application', {}, 'gewerbe/057110000000/7KQ4-M2XD-P'],
    ['object', { by: '"Markt  12 "' }, 'gewerbe/057110000000/Markt 12'],
    ['event', { by: '"Stadtfest"', yearly: true }, 'gewerbe/057110000000/2026/Stadtfest'],
    ['service', { prefix: 'GEW' }, 'GEW/057110000000'],
  ])('per %s with %j is %s', (per, more, expected) => {
    expect(keyOf({ per, ...more })).toBe(expected);
  });

  it('per applicant is a code: nothing of the person can be read in it, and spelling by hand makes no second Akte', () => {
    const key = keyOf({ per: 'applicant', by: BY_NAME });
    expect(key).toMatch(/^gewerbe\/057110000000\/[0-9a-f]{24}$/);
    expect(keyOf({ per: 'applicant', by: BY_NAME }, named('  MUSTERMANN'.normalize('NFD')))).toBe(key);
    expect(keyOf({ per: 'applicant', by: BY_NAME }, named('Musterfrau'))).not.toBe(key);
  });

  it('per case is that of the application with which it began', () => {
    expect(keyOf({ per: 'case' })).toBe('gewerbe/057110000000/7KQ4-M2XD-P');
    expect(keyOf({ per: 'case' }, anApplication({ caseReference: '3M8T-Q0ZB-9' }))).toBe('gewerbe/057110000000/3M8T-Q0ZB-9');
  });

  it('may be a code for an object, too, and the year is that of the clocks in Germany', () => {
    expect(keyOf({ per: 'object', by: '"GT-AB 12"', coded: true })).toMatch(/[0-9a-f]{24}$/);
    expect(keyOf({ per: 'year' }, anApplication({ receivedAt: '2025-12-31T23:30:00.000Z' }))).toBe('gewerbe/057110000000/2026');
  });

  it('is never shared by two municipalities, also where a code stands in it', () => {
    const elsewhere = anApplication({ tenant: '059740000000' });
    for (const akte of [{ per: 'service' }, { per: 'applicant', by: BY_NAME }]) {
      const [own, other] = [keyOf(akte), keyOf(akte, elsewhere)];
      expect(other).not.toBe(own);
      expect(other.split('/').at(-1)).not.toBe(own.split('/').at(-1));
    }
  });
});

describe('a place', () => {
  it('carries cabinet, classes, retention and the version of its rule', () => {
    const more = {
      cabinet: 'markt',
      classes: { decision: 'Bescheid' },
      retention: '10 Jahre',
      vorgang: { title: 'application.reference' },
    };
    expect(place({ per: 'service' }, anApplication(), more)).toEqual({
      ...{ rule: 'gewerbe', version: 3, cabinet: 'markt', classes: { decision: 'Bescheid' }, retention: '10 Jahre' },
      akte: { key: 'gewerbe/057110000000', title: 'Akte' },
      vorgang: { title: '7KQ4-M2XD-P' },
    });
  });

  it.each(['text(fields, "gibtEsNicht")', 'application.applicant.nowhere', '"  "'])('is not guessed when %s gives nothing', (by) => {
    try {
      place({ per: 'object', by });
    } catch (error) {
      expect(error).toMatchObject({ kind: 'untransferable', code: 'filing/rule-without-result', hintKey: 'dmsMapping' });
      expect(inspect(error)).not.toContain('Mustermann');
      return;
    }
    throw new Error('a place was given');
  });
});

describe('a rule', () => {
  it.each([
    [{ per: 'applicant' }, false],
    [{ per: 'object', by: '"x"' }, true],
    [{ per: 'year', by: '"x"' }, false],
    [{ per: 'service', coded: true }, false],
    [{ per: 'person', by: '"x"' }, false],
    [{ per: 'object', by: 'no expression (' }, false],
  ])('with %j is accepted: %s', (akte, expected) => {
    expect(AktenplanRule.safeParse({ version: 1, akte: { title: '"t"', ...akte } }).success).toBe(expected);
  });
});
