// SPDX-License-Identifier: EUPL-1.2
import { crashContract, deadLetterContract, redeliveryContract } from './carrier-failures.js';
import { type BusUnderTest, type CarrierContractFixture } from './carrier-fixture.js';
import { arrivalContract, backPressureContract, orderContract } from './carrier-flow.js';
import { afterEach, beforeEach, describe } from './jest.js';

const PARTS = [arrivalContract, orderContract, backPressureContract, redeliveryContract, crashContract, deadLetterContract];

/**
 * The judge of every carrier: nothing lost, nothing done out of order, nobody waits for somebody else's trouble, and what cannot be handled
 * ends in front of a person.
 */
export function carrierContract(fixture: CarrierContractFixture): void {
  describe(`${fixture.name}: carrier contract`, () => {
    let bus: BusUnderTest | undefined;
    beforeEach(async () => {
      bus = await fixture.start();
    });
    afterEach(async () => {
      await bus?.stop();
    });
    const theBus = (): BusUnderTest => {
      if (bus === undefined) throw new Error('the bus is not started');
      return bus;
    };
    for (const part of PARTS) part(theBus);
  });
}
