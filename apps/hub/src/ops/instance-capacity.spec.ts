// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { capacityOf, type Workload } from './instance-capacity.js';

const now = new Date('2026-01-31T10:10:00.000Z');
const minutesAgo = (minutes: number, ended: number) => ({ instance: 'eakte', minute: new Date(now.getTime() - minutes * 60_000), ended });
const workload = (more: Partial<Workload> = {}): Workload => ({
  config: { concurrency: 4 },
  flow: [minutesAgo(10, 300), minutesAgo(5, 300)],
  due: 120,
  busiest: 1,
  isOn: true,
  now,
  ...more,
});

describe('the capacity of an instance', () => {
  it('is told from the pace of the last minutes', () => {
    expect(capacityOf(workload())).toMatchObject({ perMinute: 60, remainingSeconds: 120, nearLimit: false });
  });

  it('thinks a hub that was started a short while ago not slow', () => {
    expect(capacityOf(workload({ flow: [minutesAgo(2, 120)] }))).toMatchObject({ perMinute: 60, remainingSeconds: 120 });
  });

  it.each<[string, Partial<Workload>, number | null]>([
    ['nothing waits', { due: 0, flow: [] }, 0],
    ['nothing goes out', { isOn: false }, null],
    ['nothing was done lately', { flow: [] }, null],
  ])('names no time that it does not know: %s', (_case, more, remainingSeconds) => {
    expect(capacityOf(workload(more))).toMatchObject({ remainingSeconds });
  });

  it.each<[string, Partial<Workload>, boolean]>([
    ['places, below', { busiest: 2 }, false],
    ['places, at 75 percent', { busiest: 3 }, true],
    ['rate, below', { config: { concurrency: 4, rate: { perMinute: 100, burst: 1 } }, flow: [minutesAgo(1, 69)] }, false],
    ['rate, at 70 percent', { config: { concurrency: 4, rate: { perMinute: 100, burst: 1 } }, flow: [minutesAgo(1, 70)] }, true],
    ['rate, long ago', { config: { concurrency: 4, rate: { perMinute: 100, burst: 1 } }, flow: [minutesAgo(5, 100)] }, false],
  ])('warns at 70 percent of a limit: %s', (_case, more, nearLimit) => {
    expect(capacityOf(workload(more)).nearLimit).toBe(nearLimit);
  });
});
