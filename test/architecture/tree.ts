// SPDX-License-Identifier: EUPL-1.2
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The project's root: Jest runs there. */
export const ROOT = process.cwd();

/** Files of the project that match a glob, relative to the root and sorted; installed, built and temporary ones left out. */
export function filesOf(glob: string, root = ROOT): string[] {
  const exclude = ({ name }: { name: string }): boolean => ['node_modules', 'dist', 'var', '.git'].includes(name);
  return globSync(glob, { cwd: root, withFileTypes: true, exclude })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

/** The text of a file given relative to the root. */
export function read(path: string, root = ROOT): string {
  return readFileSync(join(root, path), 'utf8');
}
