// SPDX-License-Identifier: EUPL-1.2
export * from './opentext-simulator.js';
export * from './server.js';
