// SPDX-License-Identifier: EUPL-1.2
import { crashTests } from './dms/crashes.js';
import { documentTests } from './dms/documents.js';
import { faultTests } from './dms/faults.js';
import { filingTests } from './dms/filing.js';
import type { DmsContractFixture } from './dms/fixture.js';
import { placeTests } from './dms/places.js';
import { refreshTests } from './dms/refreshing.js';
import { describe } from './jest.js';

/**
 * The suite that judges every DMS adapter alike. An adapter's contract spec is a fixture for it: how to start the target, how to make an
 * instance, how to read the target's own books, how to make it misbehave.
 *
 * ```ts
 * dmsContract({ adapter: 'dms-nscale', start: () => startNscale(), vorgangProperties: …, secrets: [PASSWORD] });
 * ```
 */
export function dmsContract(fixture: DmsContractFixture): void {
  describe(`${fixture.adapter} keeps the contract of DmsPort`, () => {
    filingTests(fixture);
    placeTests(fixture);
    refreshTests(fixture);
    documentTests(fixture);
    crashTests(fixture);
    faultTests(fixture);
  });
}
