// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection, isSameSecret, provingHeader, type RawRequest } from '@amtsbote/adapter-kit';

import type { OzgCloudAuth } from './ozg-cloud.options.js';

/**
 * Checks the sender's credential against the configured one, in constant time.
 * @throws IntakeRejection `unsigned`, code `credentials-missing` or `credentials-wrong`, naming the header.
 */
export function checkCredential(auth: OzgCloudAuth, headers: RawRequest['headers']): void {
  if (auth.kind === 'none') return;
  const place = auth.kind === 'header' ? auth.name.toLowerCase() : 'authorization';
  const given = provingHeader(headers, place, 'credentials-missing');
  if (!matches(auth, given))
    throw new IntakeRejection('unsigned', 'credentials-wrong', `The header "${place}" does not hold the agreed credential.`, place);
}

function matches(auth: Exclude<OzgCloudAuth, { kind: 'none' }>, given: string): boolean {
  switch (auth.kind) {
    case 'header':
      return isSameSecret(given, auth.value);
    case 'bearer':
      return isSameSecret(given.replace(/^bearer +/i, 'Bearer '), `Bearer ${auth.token}`);
    case 'basic': {
      const userPass = Buffer.from(/^basic +(\S+) *$/i.exec(given)?.[1] ?? '', 'base64').toString('utf8');
      return isSameSecret(userPass, `${auth.username}:${auth.password}`);
    }
  }
}
