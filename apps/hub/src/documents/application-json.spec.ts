// SPDX-License-Identifier: EUPL-1.2
import { anApplication } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { FILED_APPLICATION_SCHEMA_ID, FiledApplication, renderApplicationJson } from './application-json.js';
import { aDecision, aField, aFullApplication, aPayment, HOSTILE_TEXTS } from './test/samples.js';

/** The same data with the keys of every object the other way round, as another database or parser may give them. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([key, member]) => [key, turned(member)])); // prettier-ignore
}

describe('the data file', () => {
  it('names its schema, follows it and ends with a newline', () => {
    const bytes = renderApplicationJson({ application: aFullApplication(), payment: aPayment(), decision: aDecision() });
    const filed = FiledApplication.parse(JSON.parse(bytes.toString('utf8')));
    expect(filed.$schema).toBe(FILED_APPLICATION_SCHEMA_ID);
    expect(filed.application).toEqual(aFullApplication());
    expect(filed.decision).toEqual(aDecision());
    expect(bytes.at(-1)).toBe(0x0a);
    expect(bytes.at(-2)).toBe('}'.charCodeAt(0));
  });

  it('has the same bytes for the same data in another order of keys', () => {
    const subject = { application: aFullApplication(), payment: aPayment() };
    const other = turned(subject) as typeof subject;
    expect(Object.keys(other.application)).not.toEqual(Object.keys(subject.application));
    expect(renderApplicationJson(other).equals(renderApplicationJson(subject))).toBe(true);
  });

  it('sorts keys and keeps the order of lists', () => {
    const text = renderApplicationJson({ application: anApplication() }).toString();
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['$schema', 'application']);
    const keys = Object.keys((JSON.parse(text) as { application: object }).application);
    expect(keys).toEqual([...keys].sort());
    expect(text.indexOf('"bezeichnung"')).toBeLessThan(text.indexOf('"beginn"'));
  });

  it('leaves out the payment link, with which its holder could act for the citizen', () => {
    const text = renderApplicationJson({ application: anApplication(), payment: aPayment() }).toString();
    expect(text).toContain('4711.0815.2026');
    expect(text).not.toContain('pay.example.org');
  });

  it('is UTF-8 that gives back every text as it was sent', () => {
    const form = HOSTILE_TEXTS.map((text, index) => aField(`feld-${index}`, text, text));
    const text = new TextDecoder('utf-8', { fatal: true }).decode(renderApplicationJson({ application: anApplication({ form }) }));
    expect((JSON.parse(text) as { application: { form: unknown } }).application.form).toEqual(form);
  });

  it('has a schema that can be published', () => {
    expect(z.toJSONSchema(FiledApplication)).toMatchObject({ type: 'object', required: ['$schema', 'application'] });
  });
});
