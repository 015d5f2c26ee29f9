// SPDX-License-Identifier: EUPL-1.2
export * from './adapter.js';
export * from './context.js';
export * from './delivery-error.js';
export * from './documents.js';
export * from './expression.js';
export * from './found.js';
export * from './intake-rejection.js';
export * from './one-at-a-time.js';
export * from './options.js';
export * from './ports/catalogue.js';
export * from './ports/dms.js';
export * from './ports/export.js';
export * from './ports/forms.js';
export * from './ports/payment.js';
export * from './ports/port.js';
export * from './ports/status.js';
