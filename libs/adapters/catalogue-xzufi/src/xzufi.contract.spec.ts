// SPDX-License-Identifier: EUPL-1.2
import { catalogueContract, serviceNamed } from '@amtsbote/adapter-kit/testing';
import { type Publication, Spelling, textModule, XZUFI_231, XzufiSimulator } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { type CatalogueChange, targetOf } from '@amtsbote/canonical';
import { describe } from '@jest/globals';

import { adapter } from './xzufi.adapter.js';

const SECRET = 'contract-client-secret';
const PASSWORD = 'contract-password';
const source = { standard: 'xzufi', version: '2.3.1', namespace: XZUFI_231.namespace };
const x = new Spelling(XZUFI_231);

/** An object of the suite as an editorial system writes it; the suite's objects have title and key, nothing else. */
function publicationOf(change: CatalogueChange): Publication {
  const { key } = targetOf(change);
  if (change.op === 'remove') return { op: 'remove', id: key.id, klasse: 'Leistung', agency: key.schemeAgencyId };
  if (change.object.kind !== 'service') throw new Error('the suite publishes services');
  const [text] = change.object.texts;
  const module = textModule(x, '03', text?.content[0]?.html)
    .replace(/<xzufi:zugangskanal>.*<\/xzufi:zugangskanal>/, '')
    .replace(/ listURI="[^"]*" listVersionID="1"/, '');
  const xml = x.el('leistung', x.id('id', key.id, key.schemeAgencyId) + x.text('referenzLeistungsschluessel', '99050012104000') + module);
  return { op: 'put', id: key.id, xml };
}

const start = (): Promise<XzufiSimulator> => new XzufiSimulator({ dialect: XZUFI_231, clientSecret: SECRET }).start();
const publish = (simulator: XzufiSimulator, changes: readonly CatalogueChange[]): void => simulator.publish(changes.map(publicationOf));
const common = { adapter, publish, objectNamed: (name: string) => serviceNamed(name, source), isRemote: true, secrets: [SECRET, PASSWORD] };

describe('as files that an index names', () => {
  catalogueContract({
    ...common,
    start: () => new XzufiSimulator({ dialect: XZUFI_231, password: PASSWORD }).start(),
    optionsFor: ({ url }) => ({ source: { type: 'index', baseUrl: url, basic: { username: 'amtsbote', password: PASSWORD } } }),
    starts: 'snapshot',
    goesOn: false,
  });
});

describe('as the Bereitstelldienst of the PVOG', () => {
  catalogueContract({
    ...common,
    start,
    optionsFor: ({ url }) => ({
      source: {
        type: 'pvog',
        baseUrl: `${url}/bereitstelldienst`,
        tokenUrl: `${url}/realms/pvog/protocol/openid-connect/token`,
        clientId: 'amtsbote',
        clientSecret: SECRET,
      },
    }),
    starts: 'snapshot',
    goesOn: true,
  });
});
