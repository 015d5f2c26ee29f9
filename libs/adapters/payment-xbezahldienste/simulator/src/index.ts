// SPDX-License-Identifier: EUPL-1.2
export type { ProviderStatus, SimulatedPayment } from './payments.js';
export { type ProviderSettings, XbezahldiensteSimulator } from './provider.js';
