// SPDX-License-Identifier: EUPL-1.2
export { adapter } from './fit-connect.adapter.js';
