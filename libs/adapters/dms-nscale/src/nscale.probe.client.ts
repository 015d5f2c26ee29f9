// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '@amtsbote/adapter-kit';

import type { NscaleClient } from './nscale.client.js';
import { asDeliveryError } from './nscale.errors.js';
import type { NscaleOptions } from './nscale.options.js';

type Check = ProbeReport['checks'][number];

/** Looks at credentials, the folder for Akten and the three object classes with their properties; reads only, never throws. */
export async function probeNscale(client: NscaleClient, options: NscaleOptions, signal: AbortSignal): Promise<ProbeReport> {
  const login = await check('login', signal, async () => {
    await client.login(signal);
    return 'session given';
  });
  if (!login.ok) return { ok: false, checks: [login] };
  const { akte, vorgang, document } = options;
  const checks = [
    login,
    await check('parent folder', signal, async () => {
      if ('key' in akte.parent) await client.resource(akte.parent.key, signal);
      else await client.keyOfPath(akte.parent.path, signal);
      return 'there';
    }),
    await check('class of Akten', signal, () => compare(client, akte, 'folder', vorgang.objectClass, signal)),
    await check('class of Vorgänge', signal, () => compare(client, vorgang, 'folder', document.objectClass, signal)),
    await check('class of documents', signal, () => compare(client, document, 'document', undefined, signal)),
  ];
  return { ok: checks.every(({ ok }) => ok), checks };
}

interface Target {
  readonly objectClass: string;
  readonly keyProperty: string;
  readonly properties: Readonly<Record<string, string>>;
}

async function compare(
  client: NscaleClient,
  target: Target,
  kind: string,
  child: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  const definition = await client.objectClass(target.objectClass, signal);
  const missing = [target.keyProperty, ...Object.keys(target.properties)].filter((name) => !definition.properties.includes(name));
  if (definition.kind !== kind) throw new Mismatch(`${target.objectClass} is a ${definition.kind} class, expected a ${kind} class`);
  if (missing.length > 0) throw new Mismatch(`${target.objectClass} has no property ${missing.join(', ')}`);
  if (child !== undefined && !definition.allowedChildObjectclasses.includes(child)) {
    throw new Mismatch(`${target.objectClass} does not allow ${child} in it`);
  }
  return `${target.objectClass} fits`;
}

/** The configuration and nscale do not fit together. */
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
