// SPDX-License-Identifier: EUPL-1.2
export * from './webhook.sender.js';
export * from './webhook.submissions.js';
