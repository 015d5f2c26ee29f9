// SPDX-License-Identifier: EUPL-1.2
export { adapter } from './opentext.adapter.js';
