// SPDX-License-Identifier: EUPL-1.2
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import fastifyStatic from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';

/** Nothing inline, nothing from elsewhere; the icons of the design system are images inside its style sheet. */
const CONTENT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const KERN = '/console/kern/';

/** Directories of the project that make up the console, by the address they have in the browser. */
const PARTS = [
  { prefix: '/console', directory: 'apps/console/public' },
  { prefix: '/console/app/', directory: 'dist/console/apps/console/src' },
  { prefix: KERN, directory: 'node_modules/@kern-ux/native/dist' },
] as const;

/** Serves the console below `/console/`; its pages hold no data, they ask the API with the session's cookie. */
export async function useConsole(app: NestFastifyApplication): Promise<void> {
  const root = projectRoot();
  for (const [index, { prefix, directory }] of PARTS.entries()) {
    const path = join(root, directory);
    if (!existsSync(path)) continue;
    await app.register(fastifyStatic, {
      root: path,
      prefix,
      decorateReply: index === 0,
      redirect: index === 0,
      ...(index === 0 ? {} : { index: false }),
      setHeaders: (reply) => secure(reply, prefix),
    });
  }
}

function secure(reply: FastifyReply, prefix: string): void {
  void reply
    .header('content-security-policy', CONTENT_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    // After an update of the hub the browser must not mix old and new modules; fonts and styles of a version never change.
    .header('cache-control', prefix === KERN ? 'public, max-age=86400' : 'no-cache');
}

/** The directory with package.json above this file, whether it runs compiled or not. */
function projectRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory);
    if (parent === directory) throw new Error('no package.json above the hub');
    directory = parent;
  }
  return directory;
}
