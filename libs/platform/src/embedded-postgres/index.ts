// SPDX-License-Identifier: EUPL-1.2
export { createDatabase, dropDatabase } from './databases.js';
export { EmbeddedPostgresError } from './errors.js';
export { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './start.js';
