// SPDX-License-Identifier: EUPL-1.2
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { ensureBuilt } from './build.mjs';
import { ensureInstalled, nodeBinary, toolEnvironment } from './install.mjs';
import { adapterRegistry } from './lib/adapter-registry.mjs';
import { isStarted, ROOT, run, runMain, ScriptError } from './lib/house.mjs';

/**
 * Writes every generated file (registry of adapters, published schemas), or with `check` only compares.
 * @returns {Promise<string[]>} one line per file that was, or would have been, changed.
 */
export async function generate({ check = false } = {}) {
  await ensureInstalled();
  const registry = settle([await adapterRegistry()], check);
  // The other generators are TypeScript and need the registry: a stale one is reported before the compiler stumbles over it.
  if (check && registry.length > 0) return registry;
  await ensureBuilt({ quiet: true });
  return [...registry, ...settle(await compiledGenerators(), check)];
}

/** Runs apps/hub/src/gen from dist: a new generator is one entry there. */
async function compiledGenerators() {
  const result = join(ROOT, 'var', `generated.${process.pid}.json`);
  try {
    const { code, output } = await run(nodeBinary(), ['dist/apps/hub/src/gen/main.js', result], { env: toolEnvironment() });
    if (code !== 0) throw new ScriptError(`${output.trim()}\nGenerating failed, see above.`);
    return JSON.parse(readFileSync(result, 'utf8'));
  } finally {
    rmSync(result, { force: true });
  }
}

function settle(files, check) {
  const changes = [];
  for (const { path, content } of files) {
    const target = join(ROOT, path);
    const before = existsSync(target) ? readFileSync(target, 'utf8') : undefined;
    if (before === content) continue;
    changes.push(`${path}: ${differenceOf(before, content)}`);
    if (check) continue;
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return changes;
}

/** Enough to see what it is about: how many lines differ, and the first of them. */
function differenceOf(before, after) {
  if (before === undefined) return 'missing';
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const first = fresh.findIndex((line, index) => line !== old[index]);
  const at = first === -1 ? fresh.length : first;
  const count = (lines, others) => lines.filter((line) => !others.has(line)).length;
  const summary = `${count(fresh, new Set(old))} new lines, ${count(old, new Set(fresh))} gone`;
  return `${summary}; line ${at + 1} has "${old[at] ?? ''}", generated is "${fresh[at] ?? ''}"`;
}

if (isStarted(import.meta.url)) {
  await runMain(async (argv) => {
    const check = argv.includes('--check');
    const changes = await generate({ check });
    for (const change of changes) console.log(change);
    if (check && changes.length > 0) throw new ScriptError('Generated files are stale: run "npm run gen" and commit what it writes.');
    console.log(changes.length === 0 ? 'Generated files are up to date.' : `${changes.length} files written.`);
  });
}
