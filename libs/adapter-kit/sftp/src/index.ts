// SPDX-License-Identifier: EUPL-1.2
export * from './sftp-connection.js';
export * from './sftp-failures.js';
export * from './sftp-folders.js';
export * from './sftp-options.js';
export * from './sftp-probe.js';
export * from './sftp-session.js';
