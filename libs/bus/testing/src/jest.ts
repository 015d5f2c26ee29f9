// SPDX-License-Identifier: EUPL-1.2
import type * as Jest from '@jest/globals';

/*
 * The suite is a library: it takes Jest's words from the global scope, typed as '@jest/globals' types them, so that importing it outside of
 * Jest does not throw.
 */
const globals = globalThis as unknown as typeof Jest;
export const describe = globals.describe;
export const expect = globals.expect;
export const it = globals.it;
export const beforeEach = globals.beforeEach;
export const afterEach = globals.afterEach;
