// SPDX-License-Identifier: EUPL-1.2
export * from './modules.js';
export * from './object.js';
export * from './offices.js';
export * from './parts.js';
export * from './service.js';
export * from './target.js';
