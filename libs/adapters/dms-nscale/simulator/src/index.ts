// SPDX-License-Identifier: EUPL-1.2
export * from './area.js';
export * from './books.js';
export * from './nscale-simulator.js';
export type { RepositoryChange } from './repository.js';
