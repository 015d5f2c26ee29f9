// SPDX-License-Identifier: EUPL-1.2
export * from './corpus/dialect.js';
export * from './corpus/fixtures.js';
export * from './corpus/hostile.js';
export * from './corpus/large.js';
export * from './corpus/message.js';
export * from './corpus/objects.js';
export * from './xzufi-simulator.js';
