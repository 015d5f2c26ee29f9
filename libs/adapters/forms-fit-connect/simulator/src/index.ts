// SPDX-License-Identifier: EUPL-1.2
export * from './books.js';
export * from './delivery-service.js';
export * from './event-tokens.js';
export * from './example.js';
export * from './keys.js';
export * from './sender.js';
export * from './shelf.js';
export * from './streamed-jwe.js';
export * from './submissions.js';
