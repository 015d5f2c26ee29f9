// SPDX-License-Identifier: EUPL-1.2
export { BoxSimulator } from './box.js';
