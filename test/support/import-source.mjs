// SPDX-License-Identifier: EUPL-1.2
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = new URL('../../', import.meta.url);

/**
 * Imports TypeScript of this repository outside of Jest's transformation (global setup, helper processes of tests): the source itself
 * where Node can strip types, which needs no build and cannot be stale, else the built file.
 * @param {string} path relative to the repository, for example `libs/platform/src/embedded-postgres/index.ts`. Only erasable syntax.
 */
export async function importSource(path) {
  if (!process.features.typescript || typeof nodeModule.registerHooks !== 'function') return importBuilt(path);
  // The sources name their neighbours as the compiler's output will be called.
  const hooks = nodeModule.registerHooks({
    resolve(specifier, context, next) {
      const isSource = context.parentURL?.startsWith(root.href) && context.parentURL.endsWith('.ts');
      return next(isSource && /^\.{1,2}\//.test(specifier) ? specifier.replace(/\.js$/, '.ts') : specifier, context);
    },
  });
  try {
    return await import(new URL(path, root).href);
  } finally {
    hooks.deregister();
  }
}

async function importBuilt(path) {
  const file = fileURLToPath(new URL(`dist/${path.replace(/\.ts$/, '.js')}`, root));
  if (!existsSync(file)) throw new Error(`${file} is missing. Build first: npm test does, "npx nest build" alone is enough.`);
  return import(pathToFileURL(file).href);
}
