// SPDX-License-Identifier: EUPL-1.2
export * from './builders.js';
export * from './delivery-context.js';
export * from './dms/fixture.js';
export * from './dms-contract.js';
export * from './multipart-reader.js';
export * from './simulator-server.js';
