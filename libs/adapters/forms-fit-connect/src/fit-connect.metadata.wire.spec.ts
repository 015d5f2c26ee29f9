// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';

import { METADATA_SCHEMAS } from './fit-connect.metadata.wire.js';

/** FITKO's own schemas, where they are at hand. */
const SAMPLES = '../shared/samples/fit-connect';
const published = existsSync(SAMPLES) ? describe : describe.skip;

type Json = Record<string, unknown>;
const UUID = '879ee109-a690-4db8-ab32-424284184d7d';
const hash = { type: 'sha512', content: 'a'.repeat(128) };
const signature = { signatureFormat: 'pdf', detachedSignature: false };
const payment = {
  transactionReference: 'Kassenzeichen',
  transactionId: '9xxd-432x',
  paymentMethod: 'OTHER',
  status: 'BOOKED',
  grossAmount: 12.5,
};
const rich = (version: string): Json => ({
  $schema: `https://schema.fitko.de/fit-connect/metadata/${version}/metadata.schema.json`,
  contentStructure: {
    data: { hash, signature, submissionSchema: { schemaUri: 'https://schema.fitko.de/fim/s1_1.0.json', mimeType: 'application/json' } },
    attachments: [{ hash, signature, purpose: 'form', mimeType: 'application/pdf', filename: 'Antrag.pdf', attachmentId: UUID }],
  },
  paymentInformation: payment,
  additionalReferenceInfo: { senderReference: 'A-1', applicationDate: '2026-01-31' },
});
const DOCUMENTS: Readonly<Record<string, Json>> = {
  '1.0.0': {
    ...rich('1.0.0'),
    publicServiceType: { identifier: 'urn:de:fim:leika:leistung:99050012104000', name: 'Gewerbeanmeldung' },
    replyChannel: { eMail: { address: 'a@example.org' } },
    additionalReferenceInfo: { 'x-applicant': { name: 'Muster' }, versiom: 1 },
  },
  '2.1.0': {
    ...rich('2.1.0'),
    replyChannel: { idBundDeMailbox: { mailboxUuid: UUID } },
    additionalReferenceInfo: { senderReference: 'A-1', zustimmungZumDigitalenBescheid: false, idBundDeApplicationId: UUID },
    author: { name: 'Portal', product: { name: 'P', version: '1', manufacturer: 'M' } },
    dataSets: [{ dataSetId: UUID, schema: { schemaUri: 'https://example.org/s', mimeType: 'application/jose' }, hash, content: 'x.y.z' }],
  },
};

/** The document with one value taken away or replaced by another. */
function mutated(document: Json, [at, value]: readonly [number, unknown]): Json {
  const copy = structuredClone(document);
  const places: [Json, string][] = [];
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [name, below] of Object.entries(node)) {
      places.push([node as Json, name]);
      collect(below);
    }
  };
  collect(copy);
  const [node, name] = places[at % places.length] ?? [copy, '$schema'];
  if (value === undefined) Reflect.deleteProperty(node, name);
  else node[name] = value;
  return copy;
}

const judgedByUs = (version: string, document: unknown): boolean =>
  METADATA_SCHEMAS[version.slice(0, 1)]?.safeParse(document).success ?? false;

describe('metadata', () => {
  it.each(Object.keys(DOCUMENTS))('of version %s are taken', (version) => {
    expect(judgedByUs(version, DOCUMENTS[version])).toBe(true);
  });

  it('of version 2 may name a refusal of digital answers, and nothing strange beside it', () => {
    const strange = { ...DOCUMENTS['2.1.0'], additionalReferenceInfo: { 'x-applicant': 1 } };
    expect(judgedByUs('2.1.0', strange)).toBe(false);
    expect(judgedByUs('1.0.0', strange)).toBe(true);
  });

  it('may name pieces of an attachment, each once', () => {
    const fragments = (ids: string[]): Json => {
      const copy = structuredClone(DOCUMENTS['2.1.0']) as { contentStructure: { attachments: Json[] } };
      copy.contentStructure.attachments = [{ ...copy.contentStructure.attachments[0], fragments: ids }];
      return copy;
    };
    expect(judgedByUs('2.1.0', fragments([UUID, UUID.replace('8', '7')]))).toBe(true);
    expect(judgedByUs('2.1.0', fragments([UUID, UUID]))).toBe(false);
    expect(judgedByUs('2.1.0', fragments([]))).toBe(false);
  });
});

published('metadata by FITKO’s schemas', () => {
  const schemaOf = (version: string): z.ZodType => {
    const file = readFileSync(`${SAMPLES}/metadata-${version}.schema.json`, 'utf8');
    return z.fromJSONSchema(inlined(JSON.parse(file) as Json, JSON.parse(file) as Json) as Parameters<typeof z.fromJSONSchema>[0]);
  };

  it.each(Object.keys(DOCUMENTS))('our samples of version %s are valid', (version) => {
    expect(schemaOf(version).safeParse(DOCUMENTS[version]).error).toBeUndefined();
  });

  it.each(Object.keys(DOCUMENTS))('what they take of version %s is never refused here: a rejection could not be taken back', (version) => {
    const schema = schemaOf(version);
    const strange = fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'x',
      0,
      -1,
      true,
      [],
      {},
      [1],
      { a: 1 },
      UUID,
      'application/xml',
      'attachment',
      'report',
      hash,
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.tuple(fc.nat(200), strange), (mutation) => {
        const document = mutated(DOCUMENTS[version] ?? {}, mutation);
        if (!schema.safeParse(document).success || document['$schema'] !== (DOCUMENTS[version] ?? {})['$schema']) return;
        taken += 1;
        expect(judgedByUs(version, document)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(50);
  });
});

const UNNEEDED = new Set(['$defs', '$id', 'contains', 'minContains']);

/** `$ref` within the document put in their place; the schemas do not refer to themselves. */
function inlined(node: unknown, root: Json): unknown {
  if (Array.isArray(node)) return node.map((item) => inlined(item, root));
  if (typeof node !== 'object' || node === null) return node;
  const { $ref } = node as Json;
  if (typeof $ref === 'string') return inlined(atPointer(root, $ref), root);
  const kept = Object.entries(node).filter(([name]) => !UNNEEDED.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, inlined(value, root)]));
}

function atPointer(root: Json, ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .reduce<unknown>((node, name) => (node as Json)[name], root);
}
