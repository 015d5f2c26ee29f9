// SPDX-License-Identifier: EUPL-1.2
import type * as Jest from '@jest/globals';

/**
 * Jest's own functions, looked up when a suite is declared. Simulators share this library and also run outside Jest (demo, landscape), where
 * importing '@jest/globals' throws.
 */
export function jestGlobals(): Pick<typeof Jest, 'afterEach' | 'beforeEach' | 'describe' | 'expect' | 'it'> {
  if (!('describe' in globalThis)) throw new Error('contract suites are declared inside Jest');
  return globalThis as unknown as typeof Jest;
}
