// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type ApplicationDraft, IntakeRejection } from '@amtsbote/adapter-kit';
import { aRawRequest } from '@amtsbote/adapter-kit/testing';
import { SAMPLE_LABELS, SAMPLE_MAPPING } from '@amtsbote/adapters/forms-webhook/simulator';
import type { JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';

import { adapter } from './index.js';
import { translated } from './webhook.mapping.js';
import { WebhookOptions } from './webhook.options.js';

const secrets = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`];
const read = (name: string): { data: Record<string, JsonValue> } & Record<string, JsonValue> =>
  JSON.parse(readFileSync(join(process.cwd(), 'libs/adapters/forms-webhook/fixtures', name), 'utf8')) as never;

function translate(body: JsonValue, options: Record<string, unknown> = {}): ApplicationDraft {
  const request = aRawRequest({ body: Buffer.from(JSON.stringify(body)), headers: { 'webhook-id': 'msg_1' } });
  return translated({ request, data: [], files: [] }, WebhookOptions.parse({ secrets, ...options }));
}
const mapped = (data: JsonValue, mapping: Record<string, unknown>, more: Record<string, unknown> = {}): ApplicationDraft =>
  translate({ data: { answers: {}, ...(data as object) } }, { mapping: { form: '/data/answers', ...mapping }, ...more });

function rejectionOf(act: () => unknown): IntakeRejection {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('the sample with the sample mapping', () => {
  const draft = translate(read('sondernutzung.json'), { mapping: SAMPLE_MAPPING, labels: SAMPLE_LABELS });

  it('says who applies for what', () => {
    expect(draft).toMatchObject({
      submissionId: '0d0e9b1a-1111-4222-8333-444455556666',
      test: false,
      formId: 'container-aufstellen',
      formVersion: '3.1',
      authorityId: '100002',
      serviceName: 'Sondernutzung öffentlicher Straßen',
      leikaKeys: ['99108008016000'],
    });
    expect(draft.applicant).toEqual({
      kind: 'organisation',
      familyName: 'Groß',
      givenName: 'Jürgen',
      organisationName: 'Käse & Söhne <Beispiel> GmbH',
      dateOfBirth: '1974-02-28',
      email: 'juergen@example.org',
      phone: '+49 30 23125017',
      address: { street: 'Straße des 32. Mai', houseNumber: '12 a', postalCode: '01234', city: 'Musterstadt' },
      identity: { provider: 'BundID', trustLevel: 'substanziell' },
      mailbox: { handle: '5f0e7d2c-0000-4000-8000-1b2c3d4e5f60' },
    });
  });

  it('turns any JSON into a tree with labels and rows', () => {
    expect(draft.form).toEqual([
      {
        kind: 'group',
        name: 'aufstellung',
        label: 'Aufstellung',
        items: [
          { kind: 'field', name: 'von', label: 'Von', type: 'date', value: '2026-03-01' },
          { kind: 'field', name: 'bis', label: 'Bis', type: 'date', value: '2026-03-08' },
          { kind: 'field', name: 'halteverbot', label: 'Halteverbot gewünscht', type: 'boolean', value: true },
          { kind: 'field', name: 'schranke', label: 'schranke', type: 'text', value: null },
        ],
      },
      {
        kind: 'group',
        name: 'container',
        label: 'Container',
        items: [
          {
            kind: 'group',
            name: 'container_0',
            label: 'Zeile 1',
            items: [
              { kind: 'field', name: 'groesse_m3', label: 'Größe in m³', type: 'number', value: 7.5 },
              { kind: 'field', name: 'inhalt', label: 'inhalt', type: 'text', value: 'Bauschutt' },
            ],
          },
          {
            kind: 'group',
            name: 'container_1',
            label: 'Zeile 2',
            items: [
              { kind: 'field', name: 'groesse_m3', label: 'Größe in m³', type: 'number', value: 3 },
              { kind: 'field', name: 'inhalt', label: 'inhalt', type: 'text', value: 'Grünschnitt' },
            ],
          },
        ],
      },
      {
        kind: 'group',
        name: 'kennzeichen',
        label: 'kennzeichen',
        items: [
          { kind: 'field', name: 'kennzeichen_0', label: 'kennzeichen 1', type: 'text', value: 'XX-YZ 123' },
          { kind: 'field', name: 'kennzeichen_1', label: 'kennzeichen 2', type: 'text', value: 'XX-YZ 456' },
        ],
      },
      { kind: 'field', name: 'bemerkung', label: 'Bemerkung', type: 'text', value: 'vor Hausnummer 5; & gegenüber' },
      { kind: 'group', name: 'leer', label: 'leer', items: [] },
      { kind: 'group', name: 'keine', label: 'keine', items: [] },
    ]);
  });

  it('finds files, places, consents, relations and the demand', () => {
    expect(draft.attachments).toEqual([
      { name: 'Antrag.pdf', mediaType: 'application/pdf', purpose: 'representation', bytes: Buffer.from('%PDF-1.4\n') },
      { name: 'Übersicht.txt', mediaType: 'text/plain', purpose: 'attachment', bytes: Buffer.from('Übersicht') },
    ]);
    expect(draft.places).toMatchObject([{ label: 'Stellplatz', geometry: { type: 'Polygon' } }]);
    expect(draft.consents).toEqual([{ purpose: 'Verarbeitung zur Erteilung der Erlaubnis', given: true }]);
    expect(draft.relations).toEqual([{ kind: 'followUpOf', target: '7KQ4-M2XD-P' }]);
    const amount = { cents: 2_600, currency: 'EUR' };
    expect(draft.payment).toEqual({
      amount,
      purpose: 'Sondernutzung',
      description: 'Gebühr für die Sondernutzung',
      items: [
        {
          reference: 'gebuehr',
          description: 'Gebühr für die Sondernutzung',
          amount,
          quantity: 1,
          bookingData: { haushaltsstelle: '6300.100', objekt: '4711' },
        },
      ],
    });
  });

  it('keeps exactly the rest, in the largest pieces possible', () => {
    expect(draft.unmapped).toEqual([
      { path: '/type', value: 'submission.created' },
      { path: '/timestamp', value: '2026-01-31T09:59:58Z' },
      { path: '/data/files/0/pages', value: 2 },
      { path: '/data/places/features/0/properties/colour', value: 'gelb' },
      { path: '/data/consents/0/version', value: '2025-11' },
      { path: '/data/payment/status', value: 'INITIAL' },
      { path: '/data/rating', value: 5 },
    ]);
  });
});

describe('a canonical form', () => {
  const options = { mapping: { form: '/data/answers', formKind: 'canonical' }, labels: { ohne: 'Ohne Label' } };

  it('is taken as it is', () => {
    const body = read('sondernutzung-tree.json');
    expect(translate(body, options).form).toEqual(body.data['answers']);
  });

  it('keeps what is no item, and completes what lacks type or label', () => {
    const answers = [{ kind: 'field', name: 'ohne', value: '2026-01-01' }, { kind: 'tabelle', name: 'x' }, 'lose'];
    const draft = translate({ data: { answers } }, options);
    expect(draft.form).toEqual([{ kind: 'field', name: 'ohne', label: 'Ohne Label', type: 'date', value: '2026-01-01' }]);
    expect(draft.unmapped).toEqual([
      { path: '/data/answers/1', value: { kind: 'tabelle', name: 'x' } },
      { path: '/data/answers/2', value: 'lose' },
    ]);
  });

  it('has to be a list', () => {
    expect(rejectionOf(() => translate({ data: { answers: {} } }, options))).toMatchObject({
      kind: 'malformed',
      code: 'form-missing',
      place: '/data/answers',
    });
  });
});

describe('the submission id', () => {
  it('is the webhook-id, unless a place is configured', () => {
    expect(mapped({}, {}).submissionId).toBe('msg_1');
    expect(mapped({ nr: 4711 }, { submissionId: '/data/nr' }).submissionId).toBe('4711');
    expect(rejectionOf(() => mapped({ nr: '' }, { submissionId: '/data/nr' }))).toMatchObject({ kind: 'malformed', place: '/data/nr' });
  });
});

describe('the test flag', () => {
  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [null, false],
  ])('%p means %p', (flag, isTest) => {
    expect(mapped({ flag }, { test: '/data/flag' }).test).toBe(isTest);
  });
  it.each([1, 'ja', '', 'TRUE', {}, []])('%p is refused: a test must never pass for a real application', (flag) => {
    expect(rejectionOf(() => mapped({ flag }, { test: '/data/flag' }))).toMatchObject({
      kind: 'untranslatable',
      code: 'test-flag-unreadable',
      place: '/data/flag',
    });
  });
});

describe('constants and LeiKa keys', () => {
  it('can stand in the mapping', () => {
    expect(mapped({}, { serviceName: { text: 'Sperrmüll' }, leikaKeys: { texts: ['99108008016000'] } })).toMatchObject({
      serviceName: 'Sperrmüll',
      leikaKeys: ['99108008016000'],
    });
  });
  it('come from the form when the sender sends none that are valid, which are kept', () => {
    const draft = mapped(
      { keys: ['LeiKa-1'], form: 'a' },
      { leikaKeys: '/data/keys', formId: '/data/form' },
      { leikaByForm: { a: ['99050012104000'] } },
    );
    expect(draft.leikaKeys).toEqual(['99050012104000']);
    expect(draft.unmapped).toEqual([{ path: '/data/keys', value: ['LeiKa-1'] }]);
    expect(mapped({ key: '99108008016000' }, { leikaKeys: '/data/key' }).leikaKeys).toEqual(['99108008016000']);
  });
});

describe('the demand', () => {
  const payment = { amount: '/data/betrag', unit: 'decimal', purpose: { text: 'Gebuehr' }, description: { text: 'Gebühr' } };
  it.each([
    ['decimal', '26.00', 2_600],
    ['decimal', 26.5, 2_650],
    ['decimal', 0.29, 29],
    ['cents', 2_600, 2_600],
    ['cents', '2600', 2_600],
  ])('of %s %p is %p cents', (unit, betrag, cents) => {
    expect(mapped({ betrag }, { payment: { ...payment, unit } }).payment?.amount.cents).toBe(cents);
  });
  it.each([
    ['decimal', '26,00'],
    ['decimal', -1],
    ['decimal', 1e6],
    ['decimal', '1.005'],
    ['decimal', true],
    ['decimal', {}],
    ['cents', 26.5],
    ['cents', '26.00'],
    ['cents', ''],
  ])('of %s %p refuses the submission: a fee is never guessed', (unit, betrag) => {
    expect(rejectionOf(() => mapped({ betrag }, { payment: { ...payment, unit } }))).toMatchObject({
      kind: 'untranslatable',
      code: 'amount-unreadable',
      place: '/data/betrag',
    });
  });
  it.each([{}, { betrag: null }, { betrag: 0 }, { betrag: '0.00' }])('is none for %p', (data) => {
    expect(mapped(data, { payment })).not.toHaveProperty('payment');
  });
  it('is none when the portal has already collected the money, which is kept', () => {
    const paid = { ...payment, unless: { pointer: '/data/status', values: ['PAYED'] } };
    const draft = mapped({ betrag: '26.00', status: 'PAYED' }, { payment: paid });
    expect(draft).not.toHaveProperty('payment');
    expect(draft.unmapped).toHaveLength(2);
    expect(mapped({ betrag: '26.00', status: 'FAILED' }, { payment: paid })).toHaveProperty('payment');
  });
  it('in another currency is refused', () => {
    const foreign = { ...payment, currency: '/data/waehrung' };
    expect(rejectionOf(() => mapped({ betrag: 1, waehrung: 'CHF' }, { payment: foreign }))).toMatchObject({
      code: 'currency-unsupported',
      place: '/data/waehrung',
    });
  });
  it('with a long purpose is cut where banks would cut it, and the whole is kept', () => {
    const zweck = 'Sondernutzung Musterstrasse 12 a in Musterstadt';
    const draft = mapped({ betrag: 1, zweck }, { payment: { ...payment, purpose: '/data/zweck' } });
    expect(draft.payment?.purpose).toBe('Sondernutzung Musterstrasse');
    expect(draft.unmapped).toEqual([{ path: '/data/zweck', value: zweck }]);
  });
});

describe('places and consents', () => {
  const point = { type: 'Point', coordinates: [8.5, 52] };
  it.each([
    ['a geometry', point, 'Ort'],
    ['a feature', { type: 'Feature', properties: { name: 'Hier' }, geometry: point }, 'Hier'],
    ['a labelled geometry', { label: 'Dort', geometry: point }, 'Dort'],
    ['a list', [{ label: 'Da', geometry: point }], 'Da'],
  ])('are read from %s', (_what, places, label) => {
    const draft = mapped({ places }, { places: '/data/places' });
    expect(draft.places).toEqual([{ label, geometry: point }]);
    expect(draft.unmapped).toEqual([]);
  });
  it('that cannot be read are kept, not refused', () => {
    const data = {
      places: [{ type: 'Kreis', radius: 5 }, 7],
      consents: { newsletter: 'vielleicht', richtigkeit: true },
      relations: [{ kind: 'unbekannt', target: 'x' }],
    };
    const draft = mapped(data, { places: '/data/places', consents: '/data/consents', relations: '/data/relations' });
    expect(draft).toMatchObject({ places: [], consents: [{ purpose: 'richtigkeit', given: true }], relations: [] });
    expect(draft.unmapped.map(({ path }) => path)).toEqual(['/data/places', '/data/consents/newsletter', '/data/relations']);
  });
});

describe('the options', () => {
  it.each([
    { linkOrigins: ['https://formulare.example.org/'] },
    { linkOrigins: ['http://formulare.example.org'] },
    { linkOrigins: ['https://*.example.org'] },
    { linkOrigins: ['null'] },
    { mapping: { form: 'data' } },
    { mapping: { tippfehler: '/x' } },
    { mapping: { applicant: { surname: '/x' } } },
    { toleranceSeconds: 0 },
  ])('refuse %p', (wrong) => {
    expect(WebhookOptions.safeParse({ secrets, ...wrong }).success).toBe(false);
  });

  it('of the README are right', () => {
    const text = readFileSync(join(process.cwd(), 'libs/adapters/forms-webhook/README.md'), 'utf8');
    const example = /```yaml\n([\s\S]*?)```/.exec(text.replaceAll(/\$\{file:[^}]+\}/g, secrets[0] ?? ''))?.[1] ?? '';
    const { type, options } = parseYaml(example) as { type: string; options: unknown };
    expect(type).toBe(adapter.type);
    expect(adapter.options.safeParse(options).error?.message).toBeUndefined();
  });

  it('can be published as JSON Schema with their secrets marked', () => {
    const schema = JSON.stringify(z.toJSONSchema(adapter.options, { io: 'input' }));
    // The shared secrets, and a password, a token or a header's value.
    expect(schema.match(/"secret":true/g)).toHaveLength(4);
  });
});
