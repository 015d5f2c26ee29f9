// SPDX-License-Identifier: EUPL-1.2
import { type ApplicationDraft, IntakeRejection, type ReceivedSubmission } from '@amtsbote/adapter-kit';
import { aRawRequest, aReceivedFile } from '@amtsbote/adapter-kit/testing';
import {
  aFitConnectSubmission,
  exampleOptions,
  exampleSettings,
  type FitConnectSimulator,
  SAMPLE_SCHEMA,
  SAMPLE_SERVICE,
} from '@amtsbote/adapters/forms-fit-connect/simulator';
import type { FormItem, JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { translated } from './fit-connect.mapping.js';
import { FitConnectOptions } from './fit-connect.options.js';
import { isWellFormed } from './fit-connect.xml.mapping.js';

const UUID = '879ee109-a690-4db8-ab32-424284184d7d';
const nowhere = { apiUrl: 'http://127.0.0.1:1/submission-api', tokenUrl: 'http://127.0.0.1:1/token', settings: exampleSettings() };
const plain = exampleOptions(nowhere as FitConnectSimulator);
const optionsWith = (changes: Record<string, unknown> = {}): FitConnectOptions => FitConnectOptions.parse({ ...plain, ...changes });
/** Made once: keys are looked at whenever options are read. */
const DEFAULT = optionsWith();
const hash = { type: 'sha512', content: 'a'.repeat(128) };

interface Sample {
  readonly metadata?: unknown;
  readonly submission?: Record<string, unknown>;
  readonly body?: string | Uint8Array;
  readonly mimeType?: string;
  readonly schemaUri?: string;
}

function received({
  metadata,
  submission,
  body = aFitConnectSubmission(1).data.text,
  mimeType = 'application/json',
  schemaUri = SAMPLE_SCHEMA,
}: Sample = {}): ReceivedSubmission {
  const complete = metadata ?? {
    $schema: 'https://schema.fitko.de/fit-connect/metadata/2.1.0/metadata.schema.json',
    contentStructure: {
      data: { hash, submissionSchema: { schemaUri, mimeType } },
      attachments: [
        { attachmentId: UUID, purpose: 'report', mimeType: 'application/pdf', filename: 'Bericht.pdf', description: 'Prüfbericht', hash },
      ],
    },
  };
  const known = {
    destinationId: UUID,
    submissionId: UUID,
    caseId: UUID,
    service: SAMPLE_SERVICE,
    submittedAt: '2026-01-31T09:59:00.000Z',
    ...submission,
  };
  return {
    request: aRawRequest({ method: 'PULL', body: Buffer.from(body as string) }),
    data: [
      { name: 'submission', value: Buffer.from(JSON.stringify(known)) },
      { name: 'metadata', value: Buffer.from(JSON.stringify(complete)) },
    ],
    files: [aReceivedFile('Bericht.pdf', 'x', { partName: UUID.toUpperCase() })],
  };
}

/** A draft, or the rejection; anything else fails the test. */
function outcomeOf(submission: ReceivedSubmission, options = DEFAULT): ApplicationDraft | IntakeRejection {
  try {
    return translated(submission, options);
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
}

function draftOf(sample: Sample, options = DEFAULT): ApplicationDraft {
  const outcome = outcomeOf(received(sample), options);
  if (outcome instanceof IntakeRejection) throw outcome;
  return outcome;
}

const shown = (items: readonly FormItem[]): JsonValue =>
  items.map((item) => (item.kind === 'field' ? { [item.name]: item.value } : { [item.name]: shown(item.items) }));

describe('the form', () => {
  it('of JSON has groups, rows and typed values, under the labels of the operator', () => {
    const { form } = draftOf(
      { body: '{"F1":{"a":true,"b":2.5},"liste":[{"x":"2026-01-31"},"y"]}' },
      optionsWith({ labels: { F1: 'Angaben', a: 'Einverstanden' } }),
    );
    expect(form).toEqual([
      {
        kind: 'group',
        name: 'F1',
        label: 'Angaben',
        items: [
          { kind: 'field', name: 'a', label: 'Einverstanden', type: 'boolean', value: true },
          { kind: 'field', name: 'b', label: 'b', type: 'number', value: 2.5 },
        ],
      },
      {
        kind: 'group',
        name: 'liste',
        label: 'liste',
        items: [
          {
            kind: 'group',
            name: 'liste_0',
            label: 'Zeile 1',
            items: [{ kind: 'field', name: 'x', label: 'x', type: 'date', value: '2026-01-31' }],
          },
          { kind: 'field', name: 'liste_1', label: 'liste 2', type: 'text', value: 'y' },
        ],
      },
    ]);
  });

  it('of XML has elements, attributes and what stands between them', () => {
    const body =
      '<?xml version="1.0" encoding="UTF-8"?><x:a xmlns:x="urn:x"><b n="1">t</b><c/><d>1<e>2</e>3</d><d><![CDATA[<4>]]></d></x:a>';
    expect(shown(draftOf({ body, mimeType: 'application/xml' }).form)).toEqual([
      { '@xmlns:x': 'urn:x' },
      { b: [{ '@n': '1' }, { '#text': 't' }] },
      { c: '' },
      { d: [{ e: '2' }, { '#text': '13' }] },
      { d: '<4>' },
    ]);
  });

  it.each([
    ['not-xml', '<a>'],
    ['document-type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
    ['not-utf8', Buffer.from([0x3c, 0x61, 0xff])],
    ['too-deep', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`],
    ['too-deep', '<a>'.repeat(200_000)],
    ['too-many-items', `<a>${'<b/>'.repeat(6_000)}</a>`],
  ])('of XML is none: %s', (code, body) => {
    expect(outcomeOf(received({ body, mimeType: 'application/xml' }))).toMatchObject({ code });
  });

  it('of XML is well formed or not, and a document type is no violation', () => {
    expect(['<a/>', '<!DOCTYPE a><a/>', '<a', '<a></b>', 'x', ''].map((text) => isWellFormed(Buffer.from(text)))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('the application', () => {
  it.each([
    ['https://schema.fitko.de/fim/s17000717_1.0.schema.json', { formId: 'S17000717', formVersion: '1.0' }],
    ['urn:xoev-de:bund:schema', { formId: 'urn:xoev-de:bund:schema' }],
    [`https://example.org/${'x'.repeat(300)}`, { formId: `https://example.org/${'x'.repeat(180)}` }],
  ])('of the schema %s names its form', (schemaUri, expected) => {
    expect(draftOf({ schemaUri })).toMatchObject(expected);
  });

  it('keeps what has no place: case, purpose, author, identification report, a service that is none of the catalogue', () => {
    const { unmapped, leikaKeys, applicant } = draftOf({
      submission: { service: { identifier: 'urn:nuernberg:fahrrad' } },
      metadata: {
        contentStructure: { attachments: [] },
        authenticationInformation: [{ type: 'identificationReport', version: '1.0.0', content: 'a.b.c' }],
      },
    });
    const paths = unmapped.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['/submission/caseId', '/submission/service/identifier', '/metadata/authenticationInformation']),
    );
    expect({ leikaKeys, identity: applicant.identity }).toEqual({ leikaKeys: [], identity: undefined });
    expect(draftOf({}).unmapped.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/metadata/contentStructure/attachments/0/purpose', '/metadata/contentStructure/attachments/0/description']),
    );
  });

  it('names the mailbox for the answer, and consent or refusal only where it was said', () => {
    const of = (more: object): ApplicationDraft =>
      draftOf({
        metadata: {
          $schema: 'https://schema.fitko.de/fit-connect/metadata/1.5.0/metadata.schema.json',
          contentStructure: { attachments: [] },
          ...more,
        },
      });
    expect(of({ replyChannel: { idBundDeMailbox: { mailboxUuid: UUID } } }).applicant.mailbox).toEqual({
      handle: UUID,
      system: 'id.bund.de',
    });
    expect(of({ additionalReferenceInfo: { zustimmungZumDigitalenBescheid: false } }).consents).toEqual([
      { purpose: 'zustimmungZumDigitalenBescheid', given: false },
    ]);
    expect(of({ additionalReferenceInfo: {} }).consents).toEqual([]);
  });

  it('has its data among the attachments when they are too large for the submission', () => {
    const metadata = (purpose: string): object => ({
      $schema: 'https://schema.fitko.de/fit-connect/metadata/2.1.0/metadata.schema.json',
      contentStructure: {
        data: { hash, submissionSchema: { schemaUri: SAMPLE_SCHEMA, mimeType: 'application/json' } },
        attachments: [{ attachmentId: UUID, purpose, mimeType: 'application/json', filename: 'Daten.json', hash }],
      },
    });
    expect(draftOf({ metadata: metadata('data'), body: '' })).toMatchObject({
      form: [],
      attachments: [{ name: 'Daten.json', purpose: 'attachment' }],
    });
    expect(outcomeOf(received({ metadata: metadata('report'), body: '' }))).toMatchObject({ code: 'not-json' });
  });

  it('is a test where the operator says that everything is', () => {
    expect([draftOf({}).test, draftOf({}, optionsWith({ test: true })).test]).toEqual([false, true]);
  });
});

describe('whatever comes', () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom<unknown>(undefined, null, 0, '', [], {}, UUID, hash, 'x'.repeat(5_000), { __proto__: 1 }),
  );

  it('as metadata becomes an application or a rejection', () => {
    const base = JSON.parse(Buffer.from(received().data[1]?.value ?? []).toString()) as Record<string, unknown>;
    const mutated = fc.tuple(fc.nat(60), anything).map(([place, value]) => replacedAt(base, place, value));
    let drafts = 0;
    fc.assert(
      fc.property(mutated, (metadata) => {
        if (!(outcomeOf(received({ metadata })) instanceof IntakeRejection)) drafts += 1;
      }),
      { numRuns: 500 },
    );
    expect(drafts).toBeGreaterThan(20);
  });

  it('as data becomes an application or a rejection, JSON and XML', () => {
    const xml = fc.array(
      fc.constantFrom(
        '<a>',
        '</a>',
        '<b c="d">',
        '</b>',
        'Text',
        '&amp;',
        '&x;',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?p?>',
        '\u0000',
        '<!DOCTYPE a>',
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(anything, fc.json(), xml, fc.uint8Array(), (value, text, tags, bytes) => {
        for (const body of [JSON.stringify(value), text, bytes]) outcomeOf(received({ body }));
        for (const body of [tags.join(''), bytes]) outcomeOf(received({ body, mimeType: 'application/xml' }));
      }),
      { numRuns: 250 },
    );
  });

  it('of 20 MB of spaces is refused or taken in time that does not grow by its square', () => {
    const body = Buffer.concat([Buffer.alloc(20_000_000, ' '), Buffer.from('{"a":1}')]);
    expect(outcomeOf(received({ body }))).not.toBeInstanceOf(IntakeRejection);
    expect(
      outcomeOf(received({ body: Buffer.concat([Buffer.from('<a>'), body, Buffer.from('</a>')]), mimeType: 'application/xml' })),
    ).toBeDefined();
  });
});

/** A copy with one of its places set to something else. */
function replacedAt(document: Record<string, unknown>, place: number, value: unknown): unknown {
  const copy = structuredClone(document);
  const places: [Record<string, unknown>, string][] = [];
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [name, below] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, name]);
      collect(below);
    }
  };
  collect(copy);
  const [node, name] = places[place] ?? [copy, 'neu'];
  node[name] = value;
  return copy;
}
