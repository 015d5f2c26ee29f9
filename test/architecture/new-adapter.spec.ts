// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { faultsOfFolder } from './adapter-folder.js';
import { filesOf, read, ROOT } from './tree.js';

const types = ['catalogue', 'dms', 'export', 'forms', 'payment', 'status'].map((kind) => `${kind}-brand-new`);
const wrong: [type: string, reason: string][] = [
  ['', 'is no name for an adapter'],
  ['dms', 'is no name for an adapter'],
  ['dms-Nscale', 'is no name for an adapter'],
  ['dms-../../etc', 'is no name for an adapter'],
  ['fax-machine', 'is no kind of adapter'],
  ['dms-2000', 'begins with a letter'],
  ['export-brand-new', 'is there already'],
];

const tree = mkdtempSync(join(tmpdir(), 'amtsbote-new-adapter-'));
interface Ended {
  readonly code: number;
  readonly output: string;
}

/** Runs one of the house's tools in the copy. */
function run(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: tree, encoding: 'utf8' }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? 1, output: `${stdout}${stderr}`.trim() }),
    );
  });
}

/** Makes adapters in the copy, one after the other; `made` or why not, in their order. */
async function makeAdapters(wanted: readonly string[]): Promise<string[]> {
  const script = `
    import { newAdapter } from ${JSON.stringify(pathToFileURL(join(ROOT, 'scripts/new-adapter.mjs')).href)};
    const outcomes = [];
    for (const type of ${JSON.stringify(wanted)}) outcomes.push(await newAdapter(type, ${JSON.stringify(tree)}).then(() => 'made', (error) => error.message));
    console.log(JSON.stringify(outcomes));`;
  const { output } = await run('--input-type=module', '-e', script);
  return JSON.parse(output) as string[];
}

describe('npm run new:adapter', () => {
  let outcomes: string[];
  let compiled: Ended;
  let linted: Ended;
  let tested: Ended;

  beforeAll(async () => {
    for (const path of ['libs/adapter-kit', 'libs/canonical', 'libs/platform', 'test/support'])
      cpSync(join(ROOT, path), join(tree, path), { recursive: true });
    for (const path of ['package.json', 'tsconfig.json', 'jest.config.mjs', 'eslint.config.mjs'])
      cpSync(join(ROOT, path), join(tree, path));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    outcomes = await makeAdapters([...types, ...wrong.map(([type]) => type)]);
    const options = { incremental: false, tsBuildInfoFile: null };
    const config = { extends: './tsconfig.json', include: ['apps', 'libs/adapters'], compilerOptions: options };
    writeFileSync(join(tree, 'tsconfig.new.json'), JSON.stringify(config));
    [compiled, linted, tested] = await Promise.all([
      run('node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.new.json'),
      run('node_modules/eslint/bin/eslint.js', '--max-warnings', '0', 'libs/adapters', 'apps'),
      run(
        ...['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--selectProjects', 'contract'],
        ...['--json', '--outputFile=result.json', '--testPathPatterns', 'brand-new'],
      ),
    ]);
  }, 120_000);
  afterAll(() => rmSync(tree, { recursive: true }));

  it('makes complete folders', () => {
    expect(outcomes.slice(0, types.length)).toEqual(types.map(() => 'made'));
    expect(types.flatMap((type) => faultsOfFolder(type, tree))).toEqual([]);
  });

  it('leaves nothing of the templates in them', () => {
    const files = filesOf('libs/adapters/**/*', tree);
    expect(files.filter((path) => /\{\{|\}\}|__/.test(path + read(path, tree)))).toEqual([]);
  });

  it('registers them', () => {
    const registry = read('apps/hub/src/adapters.generated.ts', tree);
    expect(types.filter((type) => !registry.includes(`from '@amtsbote/adapters/${type}';`))).toEqual([]);
  });

  it('makes what the compiler accepts', () => {
    expect(compiled).toEqual({ code: 0, output: '' });
  });

  it('makes what the linter accepts', () => {
    expect(linted).toEqual({ code: 0, output: '' });
  });

  it('makes contract specs that are red until the adapter is written', () => {
    const { testResults } = JSON.parse(readFileSync(join(tree, 'result.json'), 'utf8')) as {
      testResults: { name: string; status: string; assertionResults: unknown[] }[];
    };
    expect(tested.code).toBe(1);
    const red = testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length > 0);
    expect(red.map(({ name }) => /libs\/adapters\/([^/]+)/.exec(name)?.[1]).sort()).toEqual(types);
  });

  it.each(wrong)('refuses the name "%s": %s', (type, reason) => {
    expect(outcomes[types.length + wrong.findIndex(([name]) => name === type)]).toContain(reason);
  });
});
