// SPDX-License-Identifier: EUPL-1.2
import type * as Jest from '@jest/globals';

/*
 * The suites are exported beside the simulator tools, and simulators also run outside of Jest (demo, landscape), where importing
 * '@jest/globals' throws. So the suites take Jest's words from the global scope, typed as '@jest/globals' types them.
 */
const globals = globalThis as unknown as typeof Jest;
export const describe = globals.describe;
export const expect = globals.expect;
export const it = globals.it;
export const beforeEach = globals.beforeEach;
export const afterEach = globals.afterEach;
