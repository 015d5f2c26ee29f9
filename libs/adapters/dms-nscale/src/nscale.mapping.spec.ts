// SPDX-License-Identifier: EUPL-1.2
import { aDocument, anApplication } from '@amtsbote/adapter-kit/testing';
import { tradeOfficeOptions } from '@amtsbote/adapters/dms-nscale/simulator';
import { describe, expect, it } from '@jest/globals';

import { compileMapping, documentCreation } from './nscale.mapping.js';
import { NscaleOptions } from './nscale.options.js';

const options = tradeOfficeOptions('http://dms.example:8080/nscalealinst1');
const akte = options['akte'] as Record<string, unknown>;
const mapping = (akteKey?: string) =>
  compileMapping(NscaleOptions.parse({ ...options, akte: { ...akte, ...(akteKey === undefined ? {} : { key: akteKey }) } }));
const application = anApplication();

describe('index mapping', () => {
  it('gives every object its class, title, key and mapped properties', () => {
    const document = aDocument('Übersicht.pdf'.normalize('NFD'));
    const plan = mapping()({ application, documents: [document] }, 'act-1');
    expect(plan.akte).toEqual({
      objectClass: 'Akte',
      title: 'Gewerbeakte 057110000000',
      key: { property: 'aktenschluessel', value: 'GEW-057110000000' },
      properties: [
        { name: 'displayname', value: 'Gewerbeakte 057110000000' },
        { name: 'aktenschluessel', value: 'GEW-057110000000' },
        { name: 'betreff', value: 'Gewerbeanmeldung' },
      ],
    });
    expect(plan.vorgang.key).toEqual({ property: 'amtsboteKey', value: application.id });
    expect(documentCreation(plan.documents[0] ?? Object.assign(plan.akte, { document }), 'parent')).toEqual({
      objectclass: 'Dokument',
      parentResourceKey: 'parent',
      properties: [
        { name: 'displayname', value: 'Übersicht.pdf' },
        { name: 'amtsboteKey', value: `act-1/${document.key}` },
        { name: 'dokumentart', value: 'attachment' },
        { name: 'originalname', value: 'Übersicht.pdf'.normalize('NFD') },
      ],
      content: {
        contentType: 'application/pdf',
        items: [{ name: 'Übersicht.pdf', displayName: 'Übersicht.pdf'.normalize('NFD'), contentType: 'application/pdf', part: 'item0' }],
      },
    });
  });

  it.each([
    ['is empty', 'text(application.origin, "authorityId")', 'is empty'],
    ['holds a quote, which a search could not carry', '"GEW \\"1\\""', 'holds quotes'],
    ['is longer than an index takes', `"${'x'.repeat(251)}"`, 'longer than 250'],
    ['reads what the application does not have', 'application.places[0].label', 'cannot be evaluated'],
  ])('fails, without values, when the key of the Akte %s', (_what, key, message) => {
    expect(() => mapping(key)({ application, documents: [] }, 'act-1')).toThrow(message);
  });
});

describe('options', () => {
  const issues = (change: object): string[] =>
    NscaleOptions.safeParse({ ...options, ...change }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  it('are complete with the defaults', () => {
    expect(NscaleOptions.parse(options)).toMatchObject({
      vorgang: { keyProperty: 'amtsboteKey' },
      timeouts: { answerMs: 30_000, uploadMs: 900_000 },
      limits: { documentBytesMax: 2_147_483_648, connectionsMax: 8 },
    });
  });

  it.each([
    ['an expression that does not parse', { akte: { ...akte, key: 'application.' } }, 'akte.key: not a valid expression'],
    ['a mapped system property', { document: { objectClass: 'D', properties: { resourceid: '"1"' } } }, 'document.properties: may not set'],
    ['a mapped key property', { document: { objectClass: 'D', properties: { amtsboteKey: '"1"' } } }, 'document: the key property may not'],
    ['a user without domain', { username: 'amtsbote' }, 'username: user@domain'],
    ['an unknown setting', { passwort: 'x' }, ': Unrecognized key'],
  ])('refuse %s', (_what, change, issue) => {
    expect(issues(change)).toEqual([expect.stringContaining(issue)]);
  });
});
