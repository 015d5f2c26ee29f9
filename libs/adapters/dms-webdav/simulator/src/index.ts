// SPDX-License-Identifier: EUPL-1.2
export * from './contents.js';
export * from './webdav-simulator.js';
