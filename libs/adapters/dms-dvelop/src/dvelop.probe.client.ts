// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '@amtsbote/adapter-kit';
import { nearest } from '@amtsbote/platform';

import type { Discovery, DvelopClient } from './dvelop.client.js';
import { asDeliveryError, Unfit } from './dvelop.errors.js';
import { checkSource } from './dvelop.mapping.js';
import type { DvelopOptions } from './dvelop.options.js';
import { linkOf } from './dvelop.wire.js';

type Check = ProbeReport['checks'][number];

/** What is configured per role, and how it is called in reports. */
export const ROLES = [
  ['akte', 'category of Akten'],
  ['vorgang', 'category of Vorgänge'],
  ['document', 'category of documents'],
] as const;
/** Relations without which nothing can be filed. */
const NEEDED = ['searchresultwithmapping', 'dmsobjectwithmapping', 'chunkedupload'];

/** Looks at reachability, credentials, repository, source, and the dossier above the Akten; reads only, never throws. */
export async function probeDvelop(client: DvelopClient, options: DvelopOptions, signal: AbortSignal): Promise<ProbeReport> {
  // What was true ten minutes ago is not the question.
  client.forget();
  const known: { discovery?: Discovery } = {};
  const repository = await check('repository', signal, async () => {
    known.discovery = await client.discovery(signal);
    return `${known.discovery.repository.name ?? known.discovery.repository.id}, source ${known.discovery.sourceId}`;
  });
  if (known.discovery === undefined) return { ok: false, checks: [repository] };
  const { discovery } = known;
  const checks = [repository, await check('rights', signal, async () => offered(discovery))];
  for (const [role, name] of ROLES) checks.push(await check(name, signal, async () => compared(discovery, name, options[role])));
  checks.push(await check('search', signal, () => searchable(client, options, signal)));
  const { parentId } = options.akte;
  if (parentId !== undefined) {
    checks.push(
      await check('dossier above the Akten', signal, async () => {
        await client.look(parentId, signal);
        return 'is there';
      }),
    );
  }
  return { ok: checks.every(({ ok }) => ok), checks };
}

function offered({ repository }: Discovery): string {
  const missing = NEEDED.filter((relation) => linkOf(repository._links, relation) === undefined);
  if (missing.length > 0)
    throw new Mismatch(`the repository does not offer ${missing.join(', ')}: it is read-only, or the user lacks a right`);
  return 'searching, laying content down and creating are offered';
}

function compared({ source }: Discovery, name: string, target: DvelopOptions['akte' | 'vorgang' | 'document']): string {
  if (source === undefined) return 'not checked: the source is not the repository’s own';
  try {
    checkSource(source, name, target);
  } catch (error) {
    if (!(error instanceof Unfit) || error.code !== 'unknown-category') throw error;
    const near = nearest(
      target.category,
      source.categories.map(({ key }) => key),
    );
    throw new Mismatch(near === undefined ? error.message : `${error.message}; did you mean ${near}?`);
  }
  return `${target.category} fits`;
}

/** A search for a key that nothing has: whether the category may be searched at all. */
async function searchable(client: DvelopClient, { akte }: DvelopOptions, signal: AbortSignal): Promise<string> {
  await client.search({ category: akte.category, key: { property: akte.keyProperty, value: 'amtsbote-probe' } }, signal);
  return 'Akten can be searched for';
}

/** The configuration and the server do not fit together. */
class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

async function check(name: string, signal: AbortSignal, look: () => Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await look() };
  } catch (error) {
    const failure = error instanceof Mismatch ? error : asDeliveryError(error, { repeatable: true, signal });
    return { name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' };
  }
}
