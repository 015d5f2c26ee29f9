// SPDX-License-Identifier: EUPL-1.2
export { runTool, ServerProcess } from '../../../apps/landscape/src/launch/server-process.js';
