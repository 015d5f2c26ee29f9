// SPDX-License-Identifier: EUPL-1.2

/**
 * SSH_FX_* of SFTP version 3 (draft-ietf-secsh-filexfer-02, section 7): how a server says what went wrong. OpenSSH says `failure` for
 * everything that has no word of its own, a full disk too.
 */
export const STATUS = { noSuchFile: 2, permissionDenied: 3, failure: 4, unsupported: 8 } as const;

/** SSH_FXE_STATVFS_ST_RDONLY of statvfs@openssh.com (OpenSSH, PROTOCOL, section 4.4). */
export const STATVFS_READ_ONLY = 1;
