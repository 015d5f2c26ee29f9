// SPDX-License-Identifier: EUPL-1.2
export * from './dropped-applications.js';
export * from './file-drop-simulator.js';
