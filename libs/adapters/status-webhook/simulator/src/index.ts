// SPDX-License-Identifier: EUPL-1.2
export type { CaseChange, CollectedDocument, PortalCase, ReceivedUpdate } from './cases.js';
export { payAtOnce, type PortalSettings, PortalSimulator } from './portal.js';
