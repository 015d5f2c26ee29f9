// SPDX-License-Identifier: EUPL-1.2
import { chown } from 'node:fs/promises';
import { join } from 'node:path';

import { runTool } from './server-process.js';
import type { ServerUser } from './unprivileged.js';

/** A certificate with its key, as files. */
export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** A self-signed certificate for a server: who trusts exactly this one trusts the server. @param names DNS names it is made out to. */
export async function selfSigned(
  directory: string,
  name: string,
  { names = ['localhost'], owner }: { names?: readonly string[]; owner?: ServerUser | undefined } = {},
): Promise<Certificate> {
  const [certificateFile, keyFile] = [join(directory, `${name}.crt`), join(directory, `${name}.key`)];
  const openssl = process.env['REAL_OPENSSL'] ?? '/usr/bin/openssl';
  await runTool(openssl, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '2'],
    ...['-subj', `/CN=${names[0] ?? name}`, '-addext', `subjectAltName=${names.map((dns) => `DNS:${dns}`).join(',')}`],
    ...['-keyout', keyFile, '-out', certificateFile],
  ]);
  // PostgreSQL refuses a key that others may read.
  if (owner !== undefined) await chown(keyFile, owner.uid, owner.gid);
  return { certificateFile, keyFile };
}
