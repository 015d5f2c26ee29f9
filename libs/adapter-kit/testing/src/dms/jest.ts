// SPDX-License-Identifier: EUPL-1.2
import type * as Jest from '@jest/globals';

/**
 * Jest's functions, as its environment injects them. Not imported from `@jest/globals`: that module throws outside of Jest, and the
 * simulators that the landscape runs share this library's index.
 */
export const { afterEach, beforeEach, describe, expect, it } = globalThis as unknown as typeof Jest;
