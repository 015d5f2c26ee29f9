// SPDX-License-Identifier: EUPL-1.2
export * from './ozg-cloud.sender.js';
export * from './ozg-cloud.submissions.js';
