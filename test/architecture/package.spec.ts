// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { filesOf, read } from './tree.js';

interface PackageJson {
  readonly license: string;
  readonly type: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}
const manifest = JSON.parse(read('package.json')) as PackageJson;
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, Partial<PackageJson>> };

describe('package.json', () => {
  it('names exact versions only: two installations are the same installation', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('is what the lock file was made of', () => {
    const { dependencies, devDependencies } = lock.packages[''] ?? {};
    expect({ dependencies, devDependencies }).toEqual({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
  });

  it('is EUPL-1.2, and so is the LICENSE', () => {
    expect(manifest.license).toBe('EUPL-1.2');
    expect(read('LICENSE')).toContain('EUROPEAN UNION PUBLIC LICENCE v. 1.2');
  });

  it('names only scripts whose file is there', () => {
    const files = Object.values(manifest.scripts).flatMap((command) => /node (scripts\/\S+)/.exec(command)?.[1] ?? []);
    expect(files.length).toBeGreaterThan(3);
    expect(files.filter((path) => filesOf(path).length === 0)).toEqual([]);
  });
});
