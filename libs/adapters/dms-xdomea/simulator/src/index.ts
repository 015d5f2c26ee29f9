// SPDX-License-Identifier: EUPL-1.2
export * from './importer.js';
export * from './message-reader.js';
export * from './xdomea-simulator.js';
export * from './zip-reader.js';
