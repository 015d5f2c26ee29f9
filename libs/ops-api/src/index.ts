// SPDX-License-Identifier: EUPL-1.2
/*
 * The answers of the operators' interface (/ops), said once for the hub that gives them and for console and command line that show them.
 * Types only. Times are `Time`: ISO 8601 text on the wire, a Date inside the hub.
 */
export type * from './applications.js';
export type * from './catalogue.js';
export type * from './commands.js';
export type * from './filing.js';
export type * from './form-versions.js';
export type * from './house.js';
export type * from './instances.js';
export type * from './intake.js';
export type * from './mappings.js';
export type * from './parallel.js';
export type * from './pulls.js';
export type * from './redrives.js';
export type * from './timeline.js';
