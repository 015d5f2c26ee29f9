// SPDX-License-Identifier: EUPL-1.2
export * from './corpus/dialect.js';
export * from './corpus/large.js';
export * from './corpus/message.js';
export * from './corpus/objects.js';
