// SPDX-License-Identifier: EUPL-1.2
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import type { CataloguePort } from '@amtsbote/adapter-kit';
import { deliveryErrorOf, testEnvironment } from '@amtsbote/adapter-kit/testing';
import { leistung, message, schreibe, Spelling, XZUFI_220 } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { describe, expect, it } from '@jest/globals';

import { adapter } from './xzufi.adapter.js';

const folder = fileURLToPath(new URL('../fixtures/schemas', import.meta.url));
const never = new AbortController().signal;
const x = new Spelling(XZUFI_220);
const port = (entry: string): CataloguePort =>
  adapter.create(adapter.options.parse({ source: { type: 'none' }, schemas: { '2.2.0': { folder, entry } } }), testEnvironment());
async function read(text: string, entry = 'xzufi-synthetic.xsd'): Promise<number> {
  let objects = 0;
  const document = { name: 'file', stream: Readable.from([Buffer.from(text)]), mode: 'increments' as const };
  for await (const page of port(entry).read(document, never)) objects += page.changes.length;
  return objects;
}
const services = (count: number, odd?: number): string =>
  message(
    { dialect: XZUFI_220 },
    ...Array.from({ length: count }, (_, at) => schreibe(XZUFI_220, leistung(x, { id: at === odd ? 'keine-zahl' : String(at) }))),
  );

describe('validation against a schema', () => {
  it('takes what is valid, batch by batch, with an import from an address that is in the folder', async () => {
    expect(await read(services(300))).toBe(300);
  });

  it('refuses what is not, with the line in the document, and without its value', async () => {
    const error = await deliveryErrorOf(read(services(300, 250)));
    expect(error).toMatchObject({
      kind: 'refused',
      code: 'catalogue-xzufi/schema-violated',
      message: expect.stringMatching(/^file, line 254: Not valid by the schema/),
    });
    expect(error.message).not.toContain('keine-zahl');
  });

  it('never fetches: an import that is not in the folder is a mistake of the configuration, and named', async () => {
    const error = await deliveryErrorOf(read(services(1), 'incomplete.xsd'));
    expect(error).toMatchObject({
      kind: 'misconfigured',
      code: 'catalogue-xzufi/schema-unusable',
      message: expect.stringContaining('schemas.opengis.net/gml/3.2.1/gml.xsd'),
    });
    expect(await port('incomplete.xsd').probe(never)).toMatchObject({
      ok: false,
      checks: [
        { name: 'source', ok: true },
        { name: 'schema 2.2.0', ok: false },
      ],
    });
    expect(await port('xzufi-synthetic.xsd').probe(never)).toMatchObject({ ok: true });
  });
});
