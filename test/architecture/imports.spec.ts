// SPDX-License-Identifier: EUPL-1.2
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, describe, expect, it } from '@jest/globals';

import { read, ROOT } from './tree.js';

interface Cruise {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

/** Runs the rules of .dependency-cruiser.mjs over a tree; violations read "rule: from → to". */
function cruise(directory: string): { violations: string[]; rules: string[] } {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [cruiser, 'apps', 'libs', 'test', '--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'];
  const output = execFileSync(process.execPath, args, { cwd: directory, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  const { summary } = JSON.parse(output) as Cruise;
  if (summary.totalCruised < 20) throw new Error('the rules were run over nothing');
  return {
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
    rules: summary.ruleSetUsed.forbidden.map(({ name }) => name),
  };
}

/** One wrong import each: where, what, and the rule it breaks. */
const WRONG: [from: string, imports: string, rule: string][] = [
  ['libs/canonical/src/a.ts', '@amtsbote/platform', 'canonical-is-the-bottom'],
  ['libs/canonical/src/b.ts', 'node:fs', 'canonical-is-the-bottom'],
  ['libs/adapter-kit/src/a.ts', '@amtsbote/platform', 'adapter-kit-knows-canonical'],
  ['libs/adapter-kit/src/b.ts', '@nestjs/common', 'adapter-kit-knows-canonical'],
  ['libs/adapter-kit/sftp/src/a.ts', '@amtsbote/store', 'shared-wires-know-the-kit'],
  ['libs/adapter-kit/testing/src/a.ts', '@amtsbote/store', 'adapter-kit-testing-knows-the-kit'],
  ['libs/platform/src/a.ts', '@amtsbote/store', 'lower-libs-know-canonical'],
  ['libs/bus/src/a.ts', '@amtsbote/adapter-kit', 'lower-libs-know-canonical'],
  ['libs/ops-api/src/a.ts', '@amtsbote/store', 'lower-libs-know-canonical'],
  ['libs/adapters/dms-one/src/j.ts', '@amtsbote/ops-api', 'adapters-know-the-kit'],
  ['libs/store/src/a.ts', '../../../apps/hub/src/main.js', 'libs-know-no-app'],
  ['libs/adapters/dms-one/src/a.ts', '@amtsbote/store', 'adapters-know-the-kit'],
  ['libs/adapters/dms-one/src/b.ts', '@amtsbote/bus', 'adapters-know-the-kit'],
  ['libs/adapters/dms-one/src/c.ts', '@amtsbote/adapters/dms-two', 'adapters-know-the-kit'],
  ['libs/adapters/dms-one/src/d.ts', '@amtsbote/adapters/dms-one/simulator', 'adapters-know-the-kit'],
  ['libs/adapters/dms-one/src/e.ts', '@amtsbote/adapter-kit/testing', 'adapters-know-the-kit'],
  ['libs/adapters/dms-one/simulator/src/a.ts', '@amtsbote/adapters/dms-two', 'adapter-tests-know-the-kit'],
  ['libs/adapters/dms-one/src/one.contract.spec.ts', '@amtsbote/store', 'adapter-tests-know-the-kit'],
  ['libs/adapters/dms-one/src/f.ts', '@nestjs/common', 'adapters-know-no-framework'],
  ['libs/adapters/dms-one/src/g.ts', 'node:https', 'adapters-call-through-platform'],
  ['libs/adapters/dms-one/src/h.ts', 'axios', 'adapters-call-through-platform'],
  ['libs/adapters/dms-one/src/k.ts', 'ssh2', 'adapters-call-through-platform'],
  ['libs/adapters/dms-one/src/one.adapter.ts', './one.wire.js', 'wire-words-stay-on-the-wire'],
  ['apps/hub/src/a.ts', '@amtsbote/adapters/dms-one', 'only-the-registry-names-vendors'],
  ['libs/store/src/x.ts', './y.js', 'no-cycles'],
  ['libs/store/src/b.ts', '../../platform/src/index.js', 'across-by-name'],
  ['test/journeys/a.ts', '../../libs/store/src/y.js', 'tests-use-the-front-door'],
  ['libs/store/src/c.ts', './nowhere.js', 'resolvable'],
  ['libs/store/src/d.ts', 'nock', 'product-needs-no-tools'],
];

/** What is right and has to stay unreported. */
const RIGHT: [from: string, imports: string][] = [
  ['libs/canonical/src/c.ts', 'zod'],
  ['libs/adapter-kit/src/c.ts', '@amtsbote/canonical'],
  ['libs/adapter-kit/src/d.ts', 'node:stream'],
  ['libs/ops-api/src/b.ts', '@amtsbote/canonical'],
  ['apps/cli/src/a.ts', '@amtsbote/ops-api'],
  ['libs/adapters/dms-one/src/one.client.ts', './one.wire.js'],
  ['libs/adapter-kit/sftp/src/b.ts', 'ssh2'],
  ['libs/adapters/dms-one/src/i.ts', '@amtsbote/platform'],
  ['libs/adapters/dms-one/src/l.ts', '@amtsbote/adapter-kit/sftp'],
  ['libs/adapters/dms-one/src/other.contract.spec.ts', '@amtsbote/adapters/dms-one/simulator'],
  ['libs/adapters/dms-one/simulator/src/b.ts', '@amtsbote/adapter-kit/testing'],
  ['apps/hub/src/adapters.generated.ts', '@amtsbote/adapters/dms-one'],
  ['apps/landscape/src/a.ts', '@amtsbote/adapters/dms-one/simulator'],
  ['apps/hub/src/b.ts', '@amtsbote/bus'],
  ['libs/store/src/e.spec.ts', 'nock'],
];

describe('import directions', () => {
  it('hold in the whole tree', () => {
    expect(cruise(ROOT).violations).toEqual([]);
  });

  describe('in a tree full of mistakes', () => {
    const tree = mkdtempSync(join(tmpdir(), 'amtsbote-imports-'));
    afterAll(() => rmSync(tree, { recursive: true }));
    const write = (path: string, content: string): void => {
      mkdirSync(dirname(join(tree, path)), { recursive: true });
      writeFileSync(join(tree, path), content);
    };
    const libs = ['canonical', 'adapter-kit', 'platform', 'bus', 'store', 'ops-api', 'adapters/dms-one', 'adapters/dms-two'];
    for (const lib of libs) write(`libs/${lib}/src/index.ts`, 'export const index = 1;\n');
    for (const lib of ['adapter-kit/testing', 'adapter-kit/sftp', 'adapters/dms-one/simulator'])
      write(`libs/${lib}/src/index.ts`, 'export const index = 1;\n');
    write('apps/hub/src/main.ts', 'export const main = 1;\n');
    write('libs/adapters/dms-one/src/one.wire.ts', 'export const word = 1;\n');
    write('libs/store/src/y.ts', "import './x.js';\n");
    for (const [from, imports] of [...WRONG, ...RIGHT]) write(from, `import '${imports}';\n`);
    write('tsconfig.json', read('tsconfig.json'));
    write('package.json', read('package.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const { violations: reported, rules } = cruise(tree);

    it.each(WRONG)('%s must not import %s (%s)', (from, _imports, rule) => {
      expect(reported).toContainEqual(expect.stringContaining(`${rule}: ${from} → `));
    });

    it.each(RIGHT)('%s may import %s', (from) => {
      expect(reported.filter((violation) => violation.includes(`: ${from} → `))).toEqual([]);
    });

    it('every rule is broken by one of the mistakes', () => {
      expect([...new Set(WRONG.map(([, , rule]) => rule))].sort()).toEqual([...rules].sort());
    });
  });
});
