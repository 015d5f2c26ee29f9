// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueChange, CatalogueObject } from '@amtsbote/canonical';
import { targetOf } from '@amtsbote/canonical';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { anObject, aService, pagesOf, put, remove, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';

const RUNS = 30;

const key = fc.record({
  kind: fc.constantFrom('service' as const, 'organisation' as const),
  id: fc.constantFrom('a', 'b', 'c'),
  agency: fc.constantFrom('', 'L1'),
});
const change: fc.Arbitrary<CatalogueChange> = fc
  .tuple(key, fc.constantFrom('Eins', 'Zwei', 'Drei', undefined))
  .map(([{ kind, id, agency }, text]) => {
    if (text === undefined) return remove(kind, id, agency);
    return put(
      kind === 'service'
        ? { ...aService(id, text), key: { schemeAgencyId: agency, id } }
        : anObject(kind, id, { names: [{ text }] }, agency),
    );
  });
const pages = fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 3 });
/** A read: what it gives, whether it is everything, whether it ends before its end; whether the adapter recognises what was written the same. */
const read = fc.record({
  mode: fc.constantFrom('snapshot' as const, 'increments' as const),
  pages,
  breaks: fc.boolean(),
  handwriting: fc.constantFrom('neat', 'neat', 'neat', 'hasty', undefined),
});

/** The rule, in the simplest possible words. */
function expected(before: Map<string, CatalogueObject>, mode: string, changes: readonly CatalogueChange[]): Map<string, CatalogueObject> {
  const after = mode === 'snapshot' ? new Map<string, CatalogueObject>() : new Map(before);
  for (const one of changes) {
    const { kind, key: of } = targetOf(one);
    const name = `${kind} ${of.schemeAgencyId}:${of.id}`;
    if (one.op === 'put') after.set(name, one.object);
    else after.delete(name);
  }
  // An empty snapshot is none.
  return mode === 'snapshot' && after.size === 0 ? before : after;
}

describe('any sequence of full and partial reads', () => {
  let catalogue: TestCatalogue;
  beforeAll(async () => {
    catalogue = await startCatalogue({ vanishShareMax: 1, holdOnImpact: false });
  });
  afterAll(async () => catalogue.close());

  it('ends in the catalogue that the changes make when they are done one after the other; every version stays as it was', async () => {
    let model = new Map<string, CatalogueObject>();
    const versions = new Map<number, Record<string, CatalogueObject>>();
    await fc.assert(
      fc.asyncProperty(fc.array(read, { minLength: 1, maxLength: 4 }), async (reads) => {
        for (const { mode, pages: content, breaks, handwriting } of reads) {
          const given = pagesOf(mode, ...content).map((page) => ({ ...page, isLast: page.isLast && !breaks }));
          catalogue.source.reads = [given];
          catalogue.source.handwriting = handwriting;
          const run = await catalogue.run();
          if (!breaks) model = expected(model, mode, content.flat());
          const current = await catalogue.current();
          expect(current).toEqual(Object.fromEntries([...model].sort(([a], [b]) => (a < b ? -1 : 1))));
          if (run.version !== null) versions.set(run.version, current);
        }
      }),
      { numRuns: RUNS },
    );
    for (const [version, then] of versions) {
      const view = await catalogue.views.of(null, { version });
      const objects: CatalogueObject[] = [];
      for await (const object of catalogue.objects.all(view)) objects.push(object);
      expect(objects.map(({ kind, key: of }) => `${kind} ${of.schemeAgencyId}:${of.id}`).sort()).toEqual(Object.keys(then).sort());
      expect(objects.every((object) => JSON.stringify(Object.values(then)).includes(JSON.stringify(object)))).toBe(true);
    }
    expect(catalogue.source.recognised.length).toBeGreaterThan(0);
    // Nothing is kept that no version needs.
    await expect(
      catalogue.house.query(
        'SELECT id FROM catalogue_content c WHERE NOT EXISTS (SELECT FROM catalogue_object o WHERE o.content_id = c.id)',
      ),
    ).resolves.toEqual([]);
  }, 120_000);
});
