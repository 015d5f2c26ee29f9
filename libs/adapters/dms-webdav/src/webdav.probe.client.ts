// SPDX-License-Identifier: EUPL-1.2
import type { ProbeReport } from '@amtsbote/adapter-kit';

import type { WebdavClient } from './webdav.client.js';
import { asDeliveryError } from './webdav.errors.js';

/** Looks at the configured folder: whether it can be reached with these credentials, and what may be done in it; reads only, never throws. */
export async function probeWebdav(client: WebdavClient, signal: AbortSignal): Promise<ProbeReport> {
  const name = 'folder for Akten';
  try {
    const resource = await client.look([], 'folder', signal);
    if (resource === undefined) return { ok: false, checks: [{ name, ok: false, detail: 'is not there' }] };
    if (!resource.isCollection) return { ok: false, checks: [{ name, ok: false, detail: 'is a file' }] };
    const rights = rightsOf(resource.permissions);
    return { ok: rights.ok, checks: [{ name, ok: true, detail: 'is there' }, rights] };
  } catch (error) {
    const failure = asDeliveryError(error, { repeatable: true, signal });
    return { ok: false, checks: [{ name, ok: false, detail: failure instanceof Error ? failure.message : 'failed' }] };
  }
}

/** Nextcloud says what the user may do; others can only be tried, and a probe does not try. */
function rightsOf(permissions: string | null): ProbeReport['checks'][number] {
  const name = 'rights in it';
  if (permissions === null) return { name, ok: true, detail: 'the server does not tell without a try' };
  const missing = ['C', 'K'].filter((letter) => !permissions.includes(letter));
  if (missing.length === 0) return { name, ok: true, detail: 'may make files and folders' };
  return { name, ok: false, detail: 'may not make files and folders' };
}
