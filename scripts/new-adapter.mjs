// SPDX-License-Identifier: EUPL-1.2
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { ensureInstalled } from './install.mjs';
import { adapterRegistry } from './lib/adapter-registry.mjs';
import { filesBelow, isStarted, ROOT, runMain, ScriptError } from './lib/house.mjs';

const TEMPLATES = join(ROOT, 'scripts', 'adapter-templates');
/** Which templates make an adapter of a kind: senders come to a forms adapter, all others go to a target. */
const LAYERS = {
  catalogue: ['any', 'target', 'catalogue'],
  forms: ['any', 'forms'],
  dms: ['any', 'target', 'dms'],
  payment: ['any', 'target', 'payment'],
  export: ['any', 'target', 'export'],
  status: ['any', 'target', 'status'],
};
const KINDS = Object.keys(LAYERS);
const USAGE = `npm run new:adapter -- <kind>-<system>
  kind     one of ${KINDS.join(', ')}
  system   lower-case letters, digits and hyphens; for example: npm run new:adapter -- dms-nscale`;

/**
 * Makes the folder of an adapter that compiles, is registered, and does nothing yet: its contract spec is red until it is filled.
 * @param {string} type `<kind>-<system>`
 * @param {string} root another project root, for tests.
 * @returns {Promise<string[]>} what was written, relative to the root.
 * @throws ScriptError when the name is not right or taken.
 */
export async function newAdapter(type, root = ROOT) {
  const words = wordsOf(type);
  const folder = `libs/adapters/${type}`;
  if (existsSync(join(root, folder))) throw new ScriptError(`${folder} is there already.`);
  const { format, resolveConfig } = await import('prettier');
  const settings = await resolveConfig(join(ROOT, 'package.json'));
  const files = [];
  for (const layer of LAYERS[words.kind]) {
    for (const template of filesBelow(layer, TEMPLATES)) {
      const path = `${folder}/${template
        .slice(layer.length + 1)
        .replace('__system__', words.system)
        .replace('.template', '')}`;
      const text = filled(readFileSync(join(TEMPLATES, template), 'utf8'), words);
      files.push({ path, content: await format(text, { ...settings, filepath: path }) });
    }
  }
  for (const file of files) write(root, file);
  // After the folder is there: the registry is read from the folders.
  const registry = await adapterRegistry(root);
  write(root, registry);
  return [...files, registry].map(({ path }) => path);
}

function wordsOf(type) {
  const [, kind, system] = /^([a-z]+)-([a-z0-9]+(?:-[a-z0-9]+)*)$/.exec(type ?? '') ?? [];
  if (kind === undefined) throw new ScriptError(`"${type ?? ''}" is no name for an adapter.\n${USAGE}`);
  if (!KINDS.includes(kind)) throw new ScriptError(`"${kind}" is no kind of adapter.\n${USAGE}`);
  if (!/^[a-z]/.test(system))
    throw new ScriptError(`The name of the system begins with a letter, because classes are called after it.\n${USAGE}`);
  const name = system.replace(/-([a-z0-9])/g, (_hyphen, letter) => letter.toUpperCase());
  const optionsExample =
    kind === 'forms' ? '  token: ${env:SENDER_TOKEN}' : '  baseUrl: https://system.example.org\n  token: ${env:SYSTEM_TOKEN}';
  return { type, kind, system, name, Name: name[0].toUpperCase() + name.slice(1), title: system, optionsExample };
}

function filled(template, words) {
  return template.replace(/\{\{(\w+)\}\}/g, (placeholder, word) => words[word] ?? placeholder);
}

function write(root, { path, content }) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

if (isStarted(import.meta.url)) {
  await runMain(async ([type, root]) => {
    await ensureInstalled();
    for (const path of await newAdapter(type, root === undefined ? ROOT : resolve(root))) console.log(path);
    console.log(`\nFill it until it is green: npm test -- ${type}\nWhat belongs where: libs/adapter-kit/README.md`);
  });
}
