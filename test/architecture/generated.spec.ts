// SPDX-License-Identifier: EUPL-1.2
import { spawnSync } from 'node:child_process';

import { expect, it } from '@jest/globals';

import { ROOT } from './tree.js';

it('generated files are what npm run gen writes', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/gen.mjs', '--check'], { cwd: ROOT, encoding: 'utf8' });
  expect(`${stdout}${stderr}`.trim()).toBe('Generated files are up to date.');
}, 120_000);
