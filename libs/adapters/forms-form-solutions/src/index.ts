// SPDX-License-Identifier: EUPL-1.2
export { adapter } from './form-solutions.adapter.js';
