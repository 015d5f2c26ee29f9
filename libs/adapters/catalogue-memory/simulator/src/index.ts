// SPDX-License-Identifier: EUPL-1.2
export { ListSimulator } from './list.js';
