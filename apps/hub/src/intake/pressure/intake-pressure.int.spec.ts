// SPDX-License-Identifier: EUPL-1.2
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { startHouse, TENANT, type TestHouse } from '../../../../../test/support/house.js';
import { BusyError } from '../../http/problem.js';
import { IntakePressure, type Place } from './intake-pressure.js';

const OTHER = '057110000001';
const MEBIBYTE = 1024 * 1024;
const endpoint = (tenant: string) => ({ adapter: 'forms-fake', tenant, limits: { bodyBytesMax: MEBIBYTE } });
const small = { memoryBytes: 1_000, diskBytes: 1_000 };

describe('the pressure of the intake', () => {
  let house: TestHouse;
  let pressure: IntakePressure;
  let freeBytes: number;
  beforeEach(async () => {
    house = await startHouse({
      config: {
        tenants: { [TENANT]: { name: 'Musterstadt' }, [OTHER]: { name: 'Beispielhausen' } },
        endpoints: { gewerbe: endpoint(TENANT), other: endpoint(OTHER) },
        intake: {
          pressure: { inFlightMax: 8, memoryBytesMax: 4 * MEBIBYTE, freeBytesMin: 10 * MEBIBYTE, backlogMax: 5, retryAfterMs: 7_000 },
        },
      },
    });
    freeBytes = 100 * MEBIBYTE;
    Object.assign(house.house.blobs, { freeBytes: async () => freeBytes });
    pressure = new IntakePressure(house.house);
  });
  afterEach(async () => house.close());

  const refusal = async (arrival: Parameters<IntakePressure['enter']>[0]): Promise<BusyError> => {
    const outcome = await pressure.enter(arrival).catch((error: unknown) => error);
    if (outcome instanceof BusyError) return outcome;
    throw new Error('it was let in');
  };
  const comeIn = async (tenant: string, count: number, each = small): Promise<Place[]> => {
    const places: Place[] = [];
    for (let n = 0; n < count; n += 1) places.push(await pressure.enter({ tenant, ...each }));
    return places;
  };

  it('lets in as many as there are places, keeps the share of the others, and says when to come again', async () => {
    await comeIn(TENANT, 6);
    expect(await refusal({ tenant: TENANT, ...small })).toMatchObject({ status: 429, code: 'too-many-at-once', retryAfterMs: 7_000 });
    await comeIn(OTHER, 2);
    expect(await refusal({ tenant: OTHER, ...small })).toMatchObject({ code: 'too-many-at-once' });
  });

  it('lets in again what others have left, once for each that leaves', async () => {
    const [first] = await comeIn(TENANT, 6);
    first?.leave();
    first?.leave();
    await comeIn(TENANT, 1);
    await expect(refusal({ tenant: TENANT, ...small })).resolves.toMatchObject({ status: 429 });
  });

  it('bounds the bytes in memory, and a flood of large ones leaves room for another municipality', async () => {
    const large = { memoryBytes: MEBIBYTE, diskBytes: 0 };
    await comeIn(TENANT, 3, large);
    expect(await refusal({ tenant: TENANT, ...large })).toMatchObject({ status: 429, code: 'too-much-at-once' });
    await comeIn(OTHER, 1, large);
    const { inFlight, memoryBytes } = await pressure.view(null);
    expect({ inFlight, memoryBytes }).toEqual({ inFlight: 4, memoryBytes: 4 * MEBIBYTE });
  });

  it('keeps space free, and counts what was announced by those who are still sending', async () => {
    await comeIn(TENANT, 1, { memoryBytes: 0, diskBytes: 60 * MEBIBYTE });
    expect(await refusal({ tenant: OTHER, memoryBytes: 0, diskBytes: 31 * MEBIBYTE })).toMatchObject({ status: 503, code: 'storage-low' });
    await comeIn(OTHER, 1, { memoryBytes: 0, diskBytes: 30 * MEBIBYTE });
  });

  it('sees that there is space again', async () => {
    freeBytes = MEBIBYTE;
    expect(await refusal({ tenant: TENANT, ...small })).toMatchObject({ code: 'storage-low' });
    freeBytes = 100 * MEBIBYTE;
    house.clock.advance(2_000);
    for (let isIn = false; !isIn;)
      isIn = await pressure.enter({ tenant: TENANT, ...small }).then(
        () => true,
        () => false,
      );
  });

  it('refuses a municipality whose messages pile up, and no other', async () => {
    for (let n = 0; n < 5; n += 1) await house.submit();
    await house.query('DELETE FROM message WHERE seq NOT IN (SELECT seq FROM message ORDER BY seq LIMIT 5)');
    expect(await refusal({ tenant: TENANT, ...small })).toMatchObject({ status: 429, code: 'backlog-full' });
    await comeIn(OTHER, 1);
  });

  it('does not stand in the way when its figures cannot be read', async () => {
    Object.assign(house.house.blobs, {
      freeBytes: async () => {
        throw new Error('no such directory');
      },
    });
    await comeIn(TENANT, 1);
    await expect(pressure.view(null)).resolves.toMatchObject({ freeBytes: null, refused: { 'storage-low': 0 } });
  });

  it('tells operators what it bears and whom it refused; backlogs only of their own municipalities', async () => {
    await comeIn(TENANT, 6);
    await refusal({ tenant: TENANT, ...small });
    const view = await pressure.view([OTHER]);
    expect(view).toMatchObject({ inFlight: 6, inFlightMax: 8, isPressed: true, nearLimit: true, refused: { 'too-many-at-once': 1 } });
    expect(view.backlogs).toEqual([{ tenant: OTHER, waiting: 0 }]);
    house.clock.advance(7_001);
    expect(pressure.isPressed).toBe(false);
  });
});
