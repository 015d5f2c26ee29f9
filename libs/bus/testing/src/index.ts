// SPDX-License-Identifier: EUPL-1.2
export * from './carrier-contract.js';
export * from './carrier-fixture.js';
