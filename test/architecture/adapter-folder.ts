// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { filesOf, ROOT } from './tree.js';

const KINDS = ['catalogue', 'forms', 'dms', 'payment', 'export', 'status'];
/** A closed list: whoever knows one adapter finds the way in every other. More files of a role have a word before it: `x.fields.mapping.ts`. */
const ROLES = ['module', 'adapter', 'options', 'client', 'wire', 'mapping', 'errors', 'auth'];
const ALWAYS = ['README.md', 'fixtures/README.md', 'simulator/src/index.ts', 'src/index.ts'];

/** Names of the folders in libs/adapters, which are the types of the adapters. */
export function adapterTypes(root = ROOT): string[] {
  const directory = join(root, 'libs/adapters');
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** What is missing from, or does not belong into, an adapter's folder; one line each. */
export function faultsOfFolder(type: string, root = ROOT): string[] {
  const [, kind, system] = /^([a-z]+)-([a-z0-9-]+)$/.exec(type) ?? [];
  if (kind === undefined || system === undefined || !KINDS.includes(kind))
    return [`${type}: the name is <kind>-<system>, kind one of ${KINDS.join(', ')}`];
  const folder = `libs/adapters/${type}`;
  const files = new Set(filesOf(`${folder}/**/*`, root).map((path) => path.slice(folder.length + 1)));
  const missing = required(kind, system).filter((path) => !files.has(path));
  const source = new RegExp(`^src/${system}(\\.[a-z0-9-]+)*\\.(${ROLES.join('|')})\\.ts$`);
  const spec = new RegExp(`^src/${system}(\\.[a-z0-9-]+)*\\.spec\\.ts$`);
  const isForeign = (path: string): boolean => path.startsWith('src/') && path !== 'src/index.ts' && !source.test(path) && !spec.test(path);
  return [
    ...missing.map((path) => `${folder}/${path}: missing`),
    ...[...files].filter(isForeign).map((path) => `${folder}/${path}: named ${system}.<role>.ts, role one of ${ROLES.join(', ')}`),
  ];
}

/** Client and wire are there where there is a wire; what a forms adapter refuses is said by IntakeRejection. */
function required(kind: string, system: string): string[] {
  const roles = kind === 'forms' ? ['adapter', 'options', 'mapping'] : ['adapter', 'options', 'mapping', 'errors'];
  return [...ALWAYS, ...roles.map((role) => `src/${system}.${role}.ts`), `src/${system}.contract.spec.ts`];
}
