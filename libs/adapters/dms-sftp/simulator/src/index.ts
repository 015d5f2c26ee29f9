// SPDX-License-Identifier: EUPL-1.2
export * from './sftp-dms-simulator.js';
