// SPDX-License-Identifier: EUPL-1.2
import { aDocument, anApplication } from '@amtsbote/adapter-kit/testing';
import { tradeArchiveOptions } from '@amtsbote/adapters/dms-cmis/simulator';
import { describe, expect, it } from '@jest/globals';

import type { Unfit } from './cmis.errors.js';
import { compileMapping, filingPlan } from './cmis.mapping.js';
import { codedName, legalName } from './cmis.names.mapping.js';
import { CmisOptions, serviceUrlOf } from './cmis.options.js';
import { targetType } from './cmis.types.mapping.js';
import { wireProperty } from './cmis.values.mapping.js';
import { literal, propertyControls, type PropertyDefinition, TypeDefinition } from './cmis.wire.js';

const BASE = 'http://dms.example/cmis/browser';
const raw = tradeArchiveOptions(BASE);
const section = (name: string): Record<string, unknown> => raw[name] as Record<string, unknown>;
const RULES = CmisOptions.parse(raw).names;
const property = (more: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  id: 'x:p',
  propertyType: 'string',
  cardinality: 'single',
  ...more,
});

describe('names', () => {
  it.each([
    ['Lageplan.pdf', 'Lageplan.pdf'],
    ['a/b\\c:d"e*f?g<h>i|j.pdf', 'a_b_c_d_e_f_g_h_i_j.pdf'],
    ['Übersicht.pdf'.normalize('NFD'), 'Übersicht.pdf'.normalize('NFC')],
    ['weiches\u00adTrennzeichen\u0007.pdf', 'weichesTrennzeichen.pdf'],
    ['Ende.', 'Ende_'],
    [' \u0000 ', '_'],
    ['..', '._'],
    [`${'ü'.repeat(200)}.pdf`, `${'ü'.repeat(125)}.pdf`],
    [`${'😀'.repeat(100)}.pdf`, `${'😀'.repeat(62)}.pdf`],
  ])('%j becomes %j', (text, legal) => {
    expect(legalName(text, RULES)).toBe(legal);
    expect(Buffer.byteLength(legalName(text, RULES))).toBeLessThanOrEqual(255);
  });

  it('keep their extension behind the code, and stay within the limit', () => {
    expect(codedName('Lageplan.pdf', 'k', RULES)).toMatch(/^Lageplan \([0-9a-f]{10}\)\.pdf$/);
    expect(codedName('Lageplan.pdf', 'k', RULES)).not.toBe(codedName('Lageplan.pdf', 'l', RULES));
    const long = codedName(`${'ü'.repeat(125)}.pdf`, 'k', RULES);
    expect([Buffer.byteLength(long) <= 255, long.endsWith(').pdf')]).toEqual([true, true]);
  });

  it('follow the rules of the repository at hand', () => {
    expect(legalName('a#b:c', { illegal: '#', bytesMax: 255 })).toBe('a_b:c');
  });
});

describe('values', () => {
  it.each<[Partial<PropertyDefinition>, string[], string | string[]]>([
    [{ propertyType: 'datetime' }, ['2026-01-31T10:00:00.000Z'], '1769853600000'],
    [{ propertyType: 'datetime' }, ['2026-01-31'], '1769817600000'],
    [{ propertyType: 'integer' }, ['-42'], '-42'],
    [{ propertyType: 'decimal' }, ['26.50'], '26.50'],
    [{ propertyType: 'boolean' }, ['true'], 'true'],
    [{ cardinality: 'multi' }, ['a', 'b'], ['a', 'b']],
    [{ choice: [{ value: ['a'], choice: [{ value: ['b'] }] }] }, ['b'], 'b'],
    [{ choice: [{ value: ['a'] }], openChoice: true }, ['z'], 'z'],
    [{ maxLength: 3 }, ['abc'], 'abc'],
  ])('%j take %j', (definition, texts, values) => {
    expect(wireProperty(property(definition), texts)).toEqual({ id: 'x:p', values });
  });

  it.each<[Partial<PropertyDefinition>, string[], string]>([
    [{ propertyType: 'datetime' }, ['31.01.2026'], 'value-of-wrong-type'],
    [{ propertyType: 'integer' }, ['1.5'], 'value-of-wrong-type'],
    [{ propertyType: 'decimal' }, ['1,5'], 'value-of-wrong-type'],
    [{ propertyType: 'boolean' }, ['ja'], 'value-of-wrong-type'],
    [{ propertyType: 'integer', maxValue: 9 }, ['10'], 'value-out-of-range'],
    [{ propertyType: 'integer', minValue: 9 }, ['8'], 'value-out-of-range'],
    [{ maxLength: 3 }, ['abcd'], 'value-too-long'],
    [{ choice: [{ value: ['a'] }] }, ['z'], 'value-not-a-choice'],
    [{}, ['a', 'b'], 'too-many-values'],
  ])('%j do not take %j: %s', (definition, texts, code) => {
    let thrown: Unfit | undefined;
    try {
      wireProperty(property(definition), texts);
    } catch (error) {
      thrown = error as Unfit;
    }
    expect([thrown?.kind, thrown?.code]).toEqual(['untransferable', code]);
    expect(thrown?.message).toContain('x:p');
    for (const text of texts) if (text.length > 1) expect(thrown?.message).not.toContain(text);
  });
});

describe('words of the wire', () => {
  it('escape quotes and backslashes in a query', () => {
    expect(literal("O'Neill \\ Söhne")).toBe("'O\\'Neill \\\\ Söhne'");
  });

  it('number properties, and the values of those that take several', () => {
    const controls = propertyControls([
      { id: 'a', values: '1' },
      { id: 'b', values: ['2', '3'] },
    ]);
    expect(Object.fromEntries(controls)).toEqual({
      'propertyId[0]': 'a',
      'propertyValue[0]': '1',
      'propertyId[1]': 'b',
      'propertyValue[1][0]': '2',
      'propertyValue[1][1]': '3',
    });
  });
});

describe('a required property', () => {
  const definition = TypeDefinition.parse({
    id: 'town:dokument',
    baseId: 'cmis:document',
    propertyDefinitions: { 'x:p': property({ required: true }) },
  });
  const type = targetType(
    'document',
    { type: 'town:dokument', secondaryTypes: [], properties: { 'x:p': 'text(fields, "nichts")' } },
    definition,
    [],
  );
  const options = CmisOptions.parse({ ...raw, document: { type: 'town:dokument', properties: { 'x:p': 'text(fields, "nichts")' } } });

  it('without a value is told before anything is written', () => {
    const filing = compileMapping(options)({ application: anApplication(), documents: [aDocument('a.pdf')] }, 'act-1');
    const others = (role: 'akte' | 'vorgang') =>
      targetType(role, { type: 'f', secondaryTypes: [], properties: {} }, TypeDefinition.parse({ id: 'f', baseId: 'cmis:folder' }), []);
    expect(() => filingPlan(filing, { akte: others('akte'), vorgang: others('vorgang'), document: type }, RULES)).toThrow(
      'x:p is required, and the mapping gives no value',
    );
  });
});

describe('options', () => {
  const issues = (change: object): string[] =>
    CmisOptions.safeParse({ ...raw, ...change }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

  it('are complete with the defaults', () => {
    expect(CmisOptions.parse(raw)).toMatchObject({
      profile: 'standard',
      document: { firstVersion: 'major', newContent: 'auto', verify: 'length' },
      names: { illegal: '/\\:"*?<>|', bytesMax: 255 },
      timeouts: { answerMs: 30_000, uploadMs: 900_000, discoveryMs: 600_000 },
      limits: { documentBytesMax: 2_147_483_648, connectionsMax: 8, childrenMax: 20_000 },
    });
  });

  it.each([
    ['an expression that does not parse', { akte: { ...section('akte'), key: 'application.' } }, 'akte.key: not a valid expression'],
    [
      'a property of the adapter',
      { vorgang: { ...section('vorgang'), properties: { 'cmis:name': '"x"' } } },
      'vorgang.properties: may not set',
    ],
    [
      'a mapped key',
      { document: { ...section('document'), properties: { 'town:amtsboteKey': '"1"' } } },
      'document: the key property may not',
    ],
    ['a title without a key property', { akte: { ...section('akte'), keyProperty: undefined } }, 'akte: title and keyProperty go together'],
    ['an unknown setting', { passwort: 'x' }, ': Unrecognized key'],
  ])('refuse %s', (_what, change, issue) => {
    expect(issues(change)).toEqual([expect.stringContaining(issue)]);
  });

  it.each([
    ['standard', 'https://dms.example/cmis/browser', 'https://dms.example/cmis/browser'],
    ['nscale', 'http://dms.example', 'http://dms.example:8096/cmis/browser'],
    ['nscale', 'https://dms.example', 'https://dms.example:8196/cmis/browser'],
    ['nscale', 'http://dms.example:9000', 'http://dms.example:9000/cmis/browser'],
    ['nscale', 'https://proxy.example/nscale/cmis/browser', 'https://proxy.example/nscale/cmis/browser'],
  ] as const)('with profile %s and %s lead to %s', (profile, baseUrl, url) => {
    expect(serviceUrlOf({ profile, baseUrl })).toBe(url);
  });
});
