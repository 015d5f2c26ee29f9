// SPDX-License-Identifier: EUPL-1.2
export * from './formcycle.sender.js';
export * from './formcycle.submissions.js';
