// SPDX-License-Identifier: EUPL-1.2
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';

import * as points from './crash-points.js';

const { armCrash, crashPlanOf, disarmCrash, NO_CRASH } = points;
const LOOPBACK = ['http://127.0.0.1:8480', 'postgres://amtsbote:secret@localhost:5432/amtsbote'];
const PLAN = { AMTSBOTE_CRASH_POINT: 'delivery.acted', AMTSBOTE_CRASH_FILE: '/tmp/deaths' };

describe('a crash point of a process without a crash plan', () => {
  it('is a function without a body', () => {
    expect(points.crashPoint).toBe(NO_CRASH);
    expect(NO_CRASH.toString().replace(/\s/g, '')).toBe('()=>{}');
  });
  it('is planned by nothing but its own variable', () => {
    expect(crashPlanOf({}, LOOPBACK)).toBeUndefined();
    expect(crashPlanOf({ AMTSBOTE_CRASH_POINT: '', AMTSBOTE_CRASH_TIME: '2' }, ['https://hub.example.org'])).toBeUndefined();
  });
});

describe('a crash plan', () => {
  const directory = mkdtempSync(join(tmpdir(), 'amtsbote-crash-'));
  afterEach(() => {
    disarmCrash();
    rmSync(directory, { recursive: true, force: true });
  });

  it('is read from the environment', () => {
    expect(crashPlanOf({ ...PLAN, AMTSBOTE_CRASH_TIME: '3' }, LOOPBACK)).toEqual({ point: 'delivery.acted', time: 3, file: '/tmp/deaths' });
  });
  it.each([
    ['a hub with a public address', ['https://antrag.musterstadt.de', LOOPBACK[1] ?? '']],
    ['a hub with a database elsewhere', [LOOPBACK[0] ?? '', 'postgres://hub@db.musterstadt.de/amtsbote']],
    ['an address nobody can read', ['nonsense']],
  ])('is refused for %s', (_what, addresses) => {
    expect(() => crashPlanOf(PLAN, addresses)).toThrow('is for crash tests on one machine');
  });
  it('names the nearest point when there is none of the name', () => {
    expect(() => crashPlanOf({ ...PLAN, AMTSBOTE_CRASH_POINT: 'delivery.act' }, LOOPBACK)).toThrow('did you mean "delivery.acted"?');
  });
  it.each(['0', '-1', 'often'])('does not count to %s', (time) => {
    expect(() => crashPlanOf({ ...PLAN, AMTSBOTE_CRASH_TIME: time }, LOOPBACK)).toThrow('expects a whole number from 1');
  });
  it('needs a place to leave word', () => {
    expect(() => crashPlanOf({ ...PLAN, AMTSBOTE_CRASH_FILE: undefined }, LOOPBACK)).toThrow('AMTSBOTE_CRASH_FILE');
  });
  it('kills once, at its point, at its time', () => {
    const file = join(mkdtempSync(`${directory}-`), 'deaths');
    let deaths = 0;
    armCrash({ point: 'bus.handled', time: 2, file }, () => (deaths += 1));
    for (const point of ['bus.handled', 'bus.claimed', 'bus.handled', 'bus.handled'] as const) points.crashPoint(point);
    expect(deaths).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('bus.handled\n');
    rmSync(join(file, '..'), { recursive: true });
  });
});
