// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { anObject, aService } from '../../../../../test/support/catalogue.js';
import { labelsOf } from './labels.js';
import { languageOf } from './language.js';

const service = aService('gewerbe', 'Gewerbe anmelden', {
  trustLevel: { code: '30' },
  types: [{ code: '2/3a' }, { code: '99' }],
  addressees: [{ code: '002' }],
  deadlines: [
    { deadlines: [{ type: { code: '001', name: 'Antragsfrist' }, limit: { kind: 'duration', value: 4, unit: { code: 'WOCHE' } } }] },
  ],
  classifications: [
    { code: '1010', listUri: 'urn:liste' },
    { code: '1010', listUri: 'urn:liste', name: 'Umzug' },
  ],
  unknown: [],
});

describe('labels of codes', () => {
  it('are those of the list, else the name that the source gives, else the code itself; what is of no list is unknown and counted', () => {
    expect(labelsOf(service, 'de')).toEqual({
      language: 'de',
      unknownCodes: 1,
      codes: expect.arrayContaining([
        { place: 'texts.type', code: '03', list: 'urn:de:xzufi:codeliste:leistungstextmodulleika', label: 'Leistungsbezeichnung II' },
        { place: 'trustLevel', code: '30', list: 'urn:xoev-de:fim:codeliste:vertrauensniveau', label: '30' },
        { place: 'types', code: '2/3a', list: 'urn:de:fim:leika:typisierung', label: '2/3a' },
        { place: 'types', code: '99', list: 'urn:de:fim:leika:typisierung', label: 'Unbekannter Code 99', isUnknown: true },
        { place: 'addressees', code: '002', list: 'Leistungsadressat', label: 'Unternehmen' },
        { place: 'deadlines.deadlines.type', code: '001', list: 'Fristtyp', label: 'Antragsfrist' },
        { place: 'deadlines.deadlines.limit.unit', code: 'WOCHE', list: 'Zeiteinheit', label: 'Woche' },
        { place: 'classifications', code: '1010', list: 'urn:xoev-de:fim:codeliste:pvlagen', label: 'Umzug' },
      ]),
    });
  });

  it('are English for English readers, where there is an English label', () => {
    const labels = Object.fromEntries(labelsOf(service, 'en').codes.map(({ place, code, label }) => [`${place} ${code}`, label]));
    expect(labels).toMatchObject({
      'texts.type 03': 'Name of the service in everyday words',
      'deadlines.deadlines.limit.unit WOCHE': 'week',
      'types 99': 'Unknown code 99',
      'deadlines.deadlines.type 001': 'Antragsfrist',
    });
  });

  it('know the values of long lists, gaps included', () => {
    const of = (place: string, code: string) => {
      const value = place.split('.').reduceRight<object>((inner, property) => ({ [property]: inner }), { code });
      return labelsOf(value, 'de').unknownCodes;
    };
    for (const [place, code] of [
      ['sdgAreas', '1010100'],
      ['legalForms', '111211'],
      ['nationalities', '998'],
      ['structure.group', '400'],
      ['addresses.region.state', '09'],
    ] as const)
      expect([place, code, of(place, code)]).toEqual([place, code, 0]);
    for (const [place, code] of [
      ['sdgAreas', '1010109'],
      ['legalForms', '1'],
      ['structure.group', '149'],
      ['structure.group', '161'],
      ['structure.action', '237'],
      ['addresses.region.state', '17'],
      ['constructor', 'x'],
      ['trustLevel', 'constructor'],
    ] as const)
      expect([place, code, of(place, code)]).toEqual([place, code, 1]);
  });

  it('are found in offices; channels of contacts are no channels of access', () => {
    const office = anObject('organisation', 'amt', {
      contacts: [{ channel: { code: '100' } }],
      competences: [{ serviceId: { value: 'x' }, role: { code: '01' } }],
    });
    expect(labelsOf(office, 'en').codes).toEqual([
      { place: 'contacts.channel', code: '100', list: null, label: 'Unknown code 100', isUnknown: true },
      { place: 'competences.role', code: '01', list: 'Rolle der Zuständigkeit', label: 'Competent authority' },
    ]);
  });
});

describe('the language of an answer', () => {
  it.each([
    [undefined, undefined, 'de'],
    [undefined, 'en', 'en'],
    [undefined, 'en-GB,en;q=0.8,de;q=0.7', 'en'],
    [undefined, 'fr, de;q=0.3, en;q=0.5', 'en'],
    [undefined, 'fr, *;q=0.1', 'de'],
    [undefined, 'en;q=0, de;q=0.1', 'de'],
    [undefined, 'DE-at', 'de'],
    [undefined, 'eng, ;;;q=x,', 'de'],
    ['en' as const, 'de', 'en'],
  ])('asked for %p with Accept-Language %p is %s', (asked, accepted, expected) => expect(languageOf(asked, accepted)).toBe(expected));
});
