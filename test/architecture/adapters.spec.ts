// SPDX-License-Identifier: EUPL-1.2
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { Adapter } from '@amtsbote/adapter-kit';
import { afterAll, describe, expect, it } from '@jest/globals';

import { ADAPTERS } from '../../apps/hub/src/adapters.generated.js';
import { adapterTypes, faultsOfFolder } from './adapter-folder.js';
import { ROOT } from './tree.js';

describe('adapters', () => {
  it('have complete folders and nothing that does not belong there', () => {
    expect(adapterTypes().flatMap((type) => faultsOfFolder(type))).toEqual([]);
  });

  it('export exactly one thing: adapter, of the type that the folder is called, of the kind before the hyphen', async () => {
    const found: unknown[] = [];
    for (const type of adapterTypes()) {
      const exports = (await import(join(ROOT, 'libs/adapters', type, 'src/index.ts'))) as { adapter?: Adapter };
      found.push({ exports: Object.keys(exports), type: exports.adapter?.type, kind: exports.adapter?.kind });
    }
    expect(found).toEqual(adapterTypes().map((type) => ({ exports: ['adapter'], type, kind: type.split('-')[0] })));
  });

  it('are all registered', () => {
    const registered: readonly { readonly type: string }[] = ADAPTERS;
    expect(registered.map(({ type }) => type).sort()).toEqual(adapterTypes().sort());
  });

  describe('that are not as they should be', () => {
    const tree = mkdtempSync(join(tmpdir(), 'amtsbote-adapters-'));
    afterAll(() => rmSync(tree, { recursive: true }));
    const write = (path: string): void => {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), '');
    };

    it('are reported: a name without kind', () => {
      write('libs/adapters/nscale/src/index.ts');
      expect(faultsOfFolder('nscale', tree)).toEqual([expect.stringContaining('<kind>-<system>')]);
    });

    it('are reported: what is missing, and a file of no role', () => {
      for (const role of ['adapter', 'options', 'client', 'wire', 'mapping', 'fields.mapping', 'utils'])
        write(`libs/adapters/dms-x/src/x.${role}.ts`);
      for (const path of ['README.md', 'src/index.ts', 'src/x.contract.spec.ts', 'src/x.mapping.spec.ts', 'simulator/src/archive.ts']) {
        write(`libs/adapters/dms-x/${path}`);
      }
      expect(faultsOfFolder('dms-x', tree).map((fault) => fault.split(':')[0])).toEqual([
        'libs/adapters/dms-x/fixtures/README.md',
        'libs/adapters/dms-x/simulator/src/index.ts',
        'libs/adapters/dms-x/src/x.errors.ts',
        'libs/adapters/dms-x/src/x.utils.ts',
      ]);
    });
  });
});
