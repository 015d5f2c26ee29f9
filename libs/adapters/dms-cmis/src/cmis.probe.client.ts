// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '@amtsbote/adapter-kit';
import { nearest } from '@amtsbote/platform';

import type { CmisClient } from './cmis.client.js';
import { asDeliveryError, Unfit } from './cmis.errors.js';
import type { Finder } from './cmis.finder.client.js';
import type { CmisOptions } from './cmis.options.js';
import type { Role } from './cmis.types.mapping.js';

type Check = ProbeReport['checks'][number];

/** What has to be allowed in the folder for Akten. */
const NEEDED = ['canGetProperties', 'canCreateFolder'];
const ROLES: readonly (readonly [Role, string])[] = [
  ['akte', 'type of Akten'],
  ['vorgang', 'type of Vorgänge'],
  ['document', 'type of documents'],
];

/** Looks at reachability, credentials, repository, types and the rights on the folder for Akten; reads only, never throws. */
export async function probeCmis(client: CmisClient, finder: Finder, options: CmisOptions, signal: AbortSignal): Promise<ProbeReport> {
  // What was true ten minutes ago is not the question.
  client.forget();
  const repository = await check('repository', signal, async () => {
    const { productName, productVersion, cmisVersionSupported } = await client.repository(signal);
    if (cmisVersionSupported === '1.0') throw new Mismatch('speaks CMIS 1.0, expected 1.1');
    return [productName, productVersion, `CMIS ${cmisVersionSupported ?? '(does not say)'}`].filter(Boolean).join(' ');
  });
  if (!repository.ok) return { ok: false, checks: [repository] };
  const checks = [repository];
  for (const [role, name] of ROLES) checks.push(await check(name, signal, () => lookAtType(client, finder, options, role, signal)));
  checks.push(await check('folder for Akten', signal, () => lookAtFolder(client, finder, options, signal)));
  return { ok: checks.every(({ ok }) => ok), checks };
}

async function lookAtType(client: CmisClient, finder: Finder, options: CmisOptions, role: Role, signal: AbortSignal): Promise<string> {
  try {
    const type = await finder.type(role, signal);
    const way = { query: 'by search', children: 'by looking through its folder', name: 'by name' }[await finder.wayFor(type, signal)];
    return `${type.definition.id} fits; found again ${way}${type.definition.versionable === true ? '; keeps versions' : ''}`;
  } catch (error) {
    if (!(error instanceof Unfit) || error.code !== 'unknown-type') throw error;
    const base = role === 'document' ? 'cmis:document' : 'cmis:folder';
    const near = nearest(options[role].type, await client.typeIds(base, signal));
    throw new Mismatch(near === undefined ? error.message : `${error.message}; did you mean ${near}?`);
  }
}

async function lookAtFolder(client: CmisClient, finder: Finder, options: CmisOptions, signal: AbortSignal): Promise<string> {
  const { id } = await finder.akteParent(signal);
  const { properties, allowableActions } = await client.object({ id }, signal, true);
  if (properties['cmis:baseTypeId'] !== 'cmis:folder') throw new Mismatch('is no folder');
  const allowed: unknown = properties['cmis:allowedChildObjectTypeIds'];
  if (Array.isArray(allowed) && allowed.length > 0 && !allowed.includes(options.akte.type)) {
    throw new Mismatch(`does not allow ${options.akte.type} in it`);
  }
  const missing = NEEDED.filter((action) => allowableActions[action] !== true);
  if (missing.length > 0) throw new Mismatch(`the user lacks ${missing.join(', ')} there`);
  return 'is there, and Akten may be created in it';
}

/** The configuration and the repository do not fit together. */
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
