// SPDX-License-Identifier: EUPL-1.2
export * from './form-solutions.sender.js';
export * from './form-solutions.server.js';
export * from './form-solutions.submissions.js';
