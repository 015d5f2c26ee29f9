// SPDX-License-Identifier: EUPL-1.2
export * from './builders.js';
export * from './catalogue-contract.js';
export * from './contract-tools.js';
export * from './delivery-context.js';
export * from './export-contract.js';
export * from './payment-contract.js';
export * from './simulator-server.js';
export * from './status-contract.js';
