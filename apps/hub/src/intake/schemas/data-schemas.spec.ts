// SPDX-License-Identifier: EUPL-1.2
import { readdirSync, readFileSync } from 'node:fs';

import type { FormItem, FormValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { xdatenfelderSchema } from './conformance.js';
import { SchemaUnreadable } from './data-schema.js';
import { jsonSchema } from './json-schema.js';
import { readXdatenfelder } from './xdatenfelder.js';

const SAMPLES = '../shared/samples/xdatenfelder';
const sample = (name: string): Buffer => readFileSync(`${SAMPLES}/${name}`);
const field = (name: string, value: FormValue): FormItem => ({
  kind: 'field',
  name,
  label: name,
  type: typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text',
  value,
});
const group = (name: string, ...items: FormItem[]): FormItem => ({ kind: 'group', name, label: name, items });
const edited = (name: string, ...edits: [string | RegExp, string][]): Buffer =>
  Buffer.from(edits.reduce((text, [from, to]) => text.replace(from, to), sample(name).toString('utf8')));
const judge = (bytes: Uint8Array, form: readonly FormItem[], names: Record<string, string> = {}): [string, string][] =>
  xdatenfelderSchema(readXdatenfelder(bytes), names)
    .violationsOf(form)
    .map(({ path, rule }) => [path, rule]);

describe('reading XDatenfelder', () => {
  it('reads every sample that its origin reads', () => {
    const good = ['v2/simple.xml', 'v2/minimal.xml', 'v2/select.xml', 'v2/label.xml', 'v2/rule.xml', 'v2/data-field-rule.xml', 'v2/data-group-rule.xml', 'v3/simple.xml', 'v3/input.xml'];
    const read = good.map((name) => readXdatenfelder(sample(name)));
    expect(read.map(({ standard }) => standard)).toEqual(['2', '2', '2', '2', '2', '2', '2', '3', '3']);
    expect(read[0]).toMatchObject({
      id: 'T1234',
      version: '1.0',
      rules: 1,
      nodes: [
        {
          kind: 'group',
          id: 'G00000082',
          count: { min: 1, max: 1 },
          nodes: [{ kind: 'field', id: 'F60000227', name: 'Familienname', dataType: 'text', constraints: { minLength: 1, maxLength: 120 } }],
        },
      ],
    });
    expect(read[7]?.nodes[0]).toMatchObject({
      id: 'G60000000088',
      nodes: [{ id: 'G60000000086', nodes: [{ id: 'F60000000243', constraints: { minLength: 1, maxLength: 55 } }] }],
    });
    expect(good).toHaveLength(readdirSync(`${SAMPLES}/v2`).length + readdirSync(`${SAMPLES}/v3`).length - 9);
  });

  it.each([
    ['v2/duplicate-required-value.xml', 'occurs twice'],
    ['v2/duplicate-optional-value.xml', 'occurs twice'],
    ['v2/unknown-namespace.xml', 'XDatenfelder 2 or 3'],
    ['v3/duplicate-id-node.xml', 'occurs twice'],
    ['v3/empty-id-node.xml', 'is empty'],
    ['v3/missing-id-node.xml', 'id is missing'],
    ['v3/unexpected-node.xml', 'does not belong there'],
    ['v3/invalid-freigabestatus.xml', 'is no Freigabestatus'],
    ['v3/unknown-namespace.xml', 'XDatenfelder 2 or 3'],
  ])('refuses %s: %s', (name, reason) => {
    expect(() => readXdatenfelder(sample(name))).toThrow(SchemaUnreadable);
    expect(() => readXdatenfelder(sample(name))).toThrow(reason);
  });

  it.each([
    ['a document type', edited('v3/simple.xml', [/^<\?xml[^>]*>/, '<!DOCTYPE x [<!ENTITY a "b">]>'])],
    ['a count that is none', edited('v3/simple.xml', ['0:1', 'viele'])],
    ['a pattern that is none', edited('v3/simple.xml', ['maxLength="55"', 'pattern="("'])],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readXdatenfelder(bytes)).toThrow(SchemaUnreadable);
  });

  it('reads mutated samples or refuses them, and nothing else', () => {
    const texts = ['v2/simple.xml', 'v3/simple.xml', 'v3/input.xml'].map((name) => sample(name).toString('utf8'));
    const mutated = fc
      .tuple(fc.constantFrom(...texts), fc.nat(), fc.nat(200), fc.constantFrom('', '<', '>', '&', '"', '</xdf:struktur>', '\u0000', 'ä'))
      .map(([text, at, length, inserted]) => text.slice(0, at % text.length) + inserted + text.slice((at % text.length) + length));
    fc.assert(
      fc.property(mutated, (text) => {
        try {
          readXdatenfelder(Buffer.from(text));
        } catch (error) {
          expect(error).toBeInstanceOf(SchemaUnreadable);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a form and its XDatenfelder schema', () => {
  it('fits by identifiers, by names, and where the operator says what is what', () => {
    const person = (name: string): FormItem => group('G00000082', field(name, 'Müller'));
    expect(judge(sample('v2/simple.xml'), [person('F60000227')])).toEqual([]);
    expect(judge(sample('v2/simple.xml'), [group('natürliche Person (abstrakt, umfassend)', field('Familienname', 'Müller'))])).toEqual([]);
    expect(judge(sample('v2/simple.xml'), [person('nachname')], { nachname: 'F60000227' })).toEqual([]);
  });

  it('is looked for behind pages and headlines', () => {
    expect(judge(sample('v2/simple.xml'), [group('seite1', group('G00000082', group('kopf', field('F60000227', 'M'))))])).toEqual([]);
  });

  it('lacks what has to be there', () => {
    expect(judge(sample('v2/simple.xml'), [])).toEqual([['G00000082', 'required']]);
    expect(judge(sample('v2/simple.xml'), [group('G00000082', field('F60000227', null), field('x', 1))])).toEqual([['G00000082/F60000227', 'required']]);
  });

  it('may leave out what is optional, with everything in it', () => {
    expect(judge(sample('v3/simple.xml'), [])).toEqual([]);
  });

  it('has too many of what may be there once', () => {
    const twice = group('G00000082', group('G00000082_0', field('F60000227', 'A')), group('G00000082_1', field('F60000227', 'B')));
    expect(judge(sample('v2/simple.xml'), [twice])).toEqual([['G00000082/G00000082_0', 'tooMany']]);
    const any = edited('v2/simple.xml', ['1:1', '1:*']);
    expect(judge(any, [twice])).toEqual([]);
  });

  it.each<[string, string, FormValue, string | undefined]>([
    ['text', 'maxLength="3"', 'ÄÖÜ', undefined],
    ['text', 'maxLength="3"', '😀😀😀', undefined],
    ['text', 'maxLength="3"', 'ÄÖÜß', 'maxLength'],
    ['text', 'minLength="2"', 'x', 'minLength'],
    ['text', 'pattern="[0-9]{5}"', '01234', undefined],
    ['text', 'pattern="[0-9]{5}"', '012345', 'pattern'],
    ['num_int', 'minValue="1" maxValue="10"', 10, undefined],
    ['num_int', 'maxValue="10"', 11, 'maxValue'],
    ['num_int', 'minValue="1"', '0', 'minValue'],
    ['num_int', '', 'x', 'type'],
    ['num_int', '', 1.5, 'type'],
    ['num', '', '1.234,50', undefined],
    ['num_currency', '', '12,50', undefined],
    ['num_currency', '', 12.505, 'type'],
    ['date', 'minValue="2020-01-01"', '2019-12-31', 'minValue'],
    ['date', '', '2020-01-01', undefined],
    ['date', '', '2020-02-30', 'type'],
    ['bool', '', true, undefined],
    ['bool', '', 'ja', 'type'],
    ['datetime', '', '2026-01-31T10:00:00Z', undefined],
    ['time', '', '24:00', 'type'],
    ['text', 'pattern="(a+)+"', `${'a'.repeat(40)}b`, 'undecided'],
  ])('of type %s (%s) with %p: %s', (type, constraints, value, rule) => {
    const schema = edited(
      'v3/input.xml',
      ['<code>select</code>', '<code>input</code>'],
      ['<code>text</code>', `<code>${type}</code>`],
      [/<xdf:praezisierung[^>]*>/, `<xdf:praezisierung ${constraints}>`],
    );
    const found = judge(schema, [group('G60000000088', field('F60000000243', value))]);
    expect(found).toEqual(rule === undefined ? [] : [['G60000000088/F60000000243', rule]]);
  });

  it('names places and expectations, never what stands there', () => {
    const schema = xdatenfelderSchema(readXdatenfelder(sample('v3/simple.xml')), {});
    const violations = schema.violationsOf([group('G60000000088', group('G60000000086', field('F60000000243', 'Geheimstraße '.repeat(10))))]);
    expect(violations.length).toBeGreaterThan(0);
    expect(JSON.stringify(violations)).not.toContain('Geheim');
  });

  it('lists a hundred violations at most', () => {
    const rows = Array.from({ length: 300 }, (_, index) => group(`G00000082_${index}`, field('F60000227', 'x'.repeat(121))));
    expect(judge(edited('v2/simple.xml', ['1:1', '1:*']), [group('G00000082', ...rows)])).toHaveLength(100);
  });
});

describe('a form and its JSON Schema', () => {
  const schema = (more: object, $schema = 'https://json-schema.org/draft/2020-12/schema'): ReturnType<typeof jsonSchema> =>
    jsonSchema(Buffer.from(JSON.stringify({ $schema, $id: 'urn:musterstadt:hund', type: 'object', ...more })));
  const hund = {
    required: ['rasse'],
    properties: { rasse: { type: 'string', maxLength: 5 }, welpen: { type: 'array', items: { type: 'object', required: ['chip'] } } },
  };

  it.each(['https://json-schema.org/draft/2020-12/schema', 'http://json-schema.org/draft-07/schema#'])('fits or does not, as %s says', (draft) => {
    const fits = [field('rasse', 'Dogge'), group('welpen', group('welpen_0', field('chip', '1')), group('welpen_1', field('chip', '2')))];
    expect(schema(hund, draft).violationsOf(fits)).toEqual([]);
    const does = schema(hund, draft).violationsOf([field('rasse', null), group('welpen', group('welpen_0', field('name', 'Geheim')))]);
    expect(does.map(({ path, rule }) => [path, rule])).toEqual([
      ['rasse', 'required'],
      ['welpen/0/chip', 'required'],
    ]);
    expect(JSON.stringify(does)).not.toContain('Geheim');
  });

  it('knows formats', () => {
    const found = schema({ properties: { mail: { type: 'string', format: 'email' } } }).violationsOf([field('mail', 'keine')]);
    expect(found.map(({ rule }) => rule)).toEqual(['format']);
  });

  it('is ended when a pattern tries every way', () => {
    const found = schema({ properties: { x: { type: 'string', pattern: '^(a+)+$' } } }).violationsOf([field('x', `${'a'.repeat(60)}b`)]);
    expect(found).toMatchObject([{ rule: 'undecided' }]);
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a type that is none', '{"type":"nothing"}'],
    ['a reference that leads nowhere', '{"$ref":"#/$defs/nothing"}'],
    ['a reference into the network', '{"$ref":"https://example.org/schema.json"}'],
  ])('refuses %s when it is read', (_what, text) => {
    expect(() => jsonSchema(Buffer.from(text))).toThrow(SchemaUnreadable);
  });
});
