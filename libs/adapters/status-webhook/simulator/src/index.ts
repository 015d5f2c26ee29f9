// SPDX-License-Identifier: EUPL-1.2
export { type CaseChange, type CollectedDocument, gapsOf, isInOrder, type PortalCase, type ReceivedUpdate } from './cases.js';
export { payAtOnce, type PortalSettings, PortalSimulator } from './portal.js';
