// SPDX-License-Identifier: EUPL-1.2
export type { CollectedDocument, PortalCase, ReceivedUpdate } from './cases.js';
export { payAtOnce, type PortalSettings, PortalSimulator } from './portal.js';
