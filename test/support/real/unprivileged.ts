// SPDX-License-Identifier: EUPL-1.2
export { makeWorkplace, type ServerUser, serverUser, type Workplace } from '../../../apps/landscape/src/launch/unprivileged.js';
