// SPDX-License-Identifier: EUPL-1.2
import { CatalogueChange, type CatalogueSource } from '@amtsbote/canonical';

/** A service of this title, as a change of a catalogue; `source` is what the adapter says of its standard. */
export function serviceNamed(
  title: string,
  source: CatalogueSource = { standard: 'memory', version: '1', namespace: '' },
): CatalogueChange & { op: 'put' } {
  const id = title.slice(0, 100);
  const change = CatalogueChange.parse({
    op: 'put',
    object: {
      kind: 'service',
      key: { schemeAgencyId: 'S1000020', id },
      source,
      id: { value: id, schemeAgencyId: 'S1000020' },
      leikaKeys: [{ key: '99050012104000' }],
      texts: [{ type: { code: '03' }, content: [{ language: 'de', html: title.replaceAll('&', '&amp;') }] }],
    },
  });
  if (change.op !== 'put') throw new Error('not a put');
  return change;
}
