// SPDX-License-Identifier: EUPL-1.2
export * from './builders.js';
export * from './catalogue-contract.js';
export * from './catalogue-samples.js';
export * from './contract-tools.js';
export * from './delivery-context.js';
export * from './dms/fixture.js';
export * from './dms-contract.js';
export * from './export-contract.js';
export * from './forms-contract.js';
export * from './forms-samples.js';
export * from './multipart-reader.js';
export * from './multipart-writer.js';
export * from './payment-contract.js';
export * from './simulator-server.js';
export * from './status-contract.js';
export * from './submission-sender.js';
export * from './synthetic.js';
