// SPDX-License-Identifier: EUPL-1.2
export { adapter } from './dvelop.adapter.js';
