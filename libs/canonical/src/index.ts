// SPDX-License-Identifier: EUPL-1.2
export * from './applicant.js';
export * from './application.js';
export * from './attachment.js';
export * from './catalogue/index.js';
export * from './failures.js';
export * from './form.js';
export * from './ids.js';
export * from './injected.js';
export * from './messages.js';
export * from './money.js';
export * from './payment.js';
export * from './reference.js';
export * from './states.js';
