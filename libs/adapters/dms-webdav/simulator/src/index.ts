// SPDX-License-Identifier: EUPL-1.2
export * from './nextcloud-simulator.js';
export * from './webdav-simulator.js';
