// SPDX-License-Identifier: EUPL-1.2
export * from './builders.js';
export * from './delivery-context.js';
export * from './simulator-server.js';
