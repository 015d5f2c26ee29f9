// SPDX-License-Identifier: EUPL-1.2
export * from './dvelop-simulator.js';
export * from './town.js';
