// SPDX-License-Identifier: EUPL-1.2
/*
 * Words of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7) and of the two files that lie beside the documents.
 */

/** SSH_FX_*: how a server says what went wrong. OpenSSH says `failure` for everything that has no word of its own, a full disk too. */
export const STATUS = { noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const;

/** What lies in the folder, from whom it is, how it can be checked. */
export const CONTENTS_FILE = 'Verzeichnis.json';
/** For `sha512sum -c`. */
export const CHECKSUM_FILE = 'SHA512SUMS';

/** The file for `sha512sum -c`: names with a backslash or a line break would need another form; there are none here. */
export function checksums(files: readonly { readonly name: string; readonly sha512: string }[]): string {
  return files.map(({ name, sha512 }) => `${sha512}  ${name}\n`).join('');
}
