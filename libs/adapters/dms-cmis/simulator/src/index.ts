// SPDX-License-Identifier: EUPL-1.2
export * from './archive.js';
export * from './books.js';
export * from './cmis-simulator.js';
