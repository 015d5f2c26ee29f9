// SPDX-License-Identifier: EUPL-1.2
export * from './file-tree.js';
export * from './sftp-simulator.js';
