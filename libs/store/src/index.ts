// SPDX-License-Identifier: EUPL-1.2
export * from './blobs/blob-store.js';
export * from './blobs/file-blob-store.js';
export * from './database.js';
export * from './entities/application.entity.js';
export * from './entities/attachment.entity.js';
export * from './entities/attempt.entity.js';
export * from './entities/dead-letter.entity.js';
export * from './entities/decision.entity.js';
export * from './entities/effect.entity.js';
export * from './entities/instance-state.entity.js';
export * from './entities/journal.entity.js';
export * from './entities/payment.entity.js';
export * from './entities/pickup-item.entity.js';
export * from './entities/step.entity.js';
export * from './journal.js';
export * from './sql.js';
export * from './step-options.js';
