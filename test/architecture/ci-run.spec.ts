// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import { read, ROOT } from './tree.js';

const GROUPS = ['test', 'test:real', 'test:browser'];
const says = (line: string, code = 0): string => `node -e "console.log('${line}'); process.exitCode = ${code}"`;

describe('.ci/run', () => {
  let tree: string;
  afterEach(() => rmSync(tree, { recursive: true, force: true }));

  /** The script in a project whose scripts say what they are told to. */
  async function ciRun(scripts: Readonly<Record<string, string>>): Promise<{ code: number; last: string | undefined }> {
    tree = mkdtempSync(join(tmpdir(), 'amtsbote-ci-'));
    cpSync(join(ROOT, '.ci'), join(tree, '.ci'), { recursive: true });
    writeFileSync(join(tree, 'package.json'), JSON.stringify({ name: 'a-project', version: '1.0.0', scripts }));
    return new Promise((resolve) => {
      const child = execFile('bash', [join(tree, '.ci/run')], (_error, stdout) =>
        resolve({ code: child.exitCode ?? -1, last: stdout.trimEnd().split('\n').at(-1) }),
      );
    });
  }

  it('adds up what every group of tests says', async () => {
    const scripts = {
      test: says('100 passed, 0 failed'),
      'test:real': says('20 passed, 0 failed'),
      'test:browser': says('3 passed, 0 failed'),
    };
    expect(await ciRun(scripts)).toEqual({ code: 0, last: '123 passed, 0 failed' });
  }, 60_000);

  it.each(GROUPS)(
    'is red without "npm run %s"',
    async (missing) => {
      const scripts = Object.fromEntries(GROUPS.filter((name) => name !== missing).map((name) => [name, says('1 passed, 0 failed')]));
      expect(await ciRun(scripts)).toEqual({ code: 1, last: '2 passed, 1 failed' });
    },
    60_000,
  );

  it.each([
    ['fails without a failed test', says('1 passed, 0 failed', 1)],
    ['ends without a result', says('everything is fine')],
    ['runs no test at all', says('0 passed, 0 failed')],
  ])(
    'is red when a group %s',
    async (_what, script) => {
      const { code, last } = await ciRun({
        test: says('1 passed, 0 failed'),
        'test:real': script,
        'test:browser': says('1 passed, 0 failed'),
      });
      expect({ code, last }).toEqual({ code: 1, last: expect.stringMatching(/^[23] passed, 1 failed$/) });
    },
    60_000,
  );

  it('finds all of them in package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(GROUPS));
  });
});
