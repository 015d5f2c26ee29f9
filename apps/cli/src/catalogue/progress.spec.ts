// SPDX-License-Identifier: EUPL-1.2
import type { RunView } from '@amtsbote/ops-api';
import { describe, expect, it } from '@jest/globals';

import { Progress, progressLine, uploadLine } from './progress.js';

const RUN: RunView = {
  id: 7,
  source: 'land',
  kind: 'sync',
  isDryRun: false,
  mode: 'snapshot',
  state: 'reading',
  actor: 'admin:x',
  document: null,
  owner: 'p',
  progress: { documents: 1, bytesRead: 25_000_000, bytesTotal: 100_000_000, objects: 40_000, unknownParts: 0 },
  counts: null,
  impact: null,
  hold: null,
  failure: null,
  version: null,
  findings: { muss: 0, soll: 0 },
  objectsPerSecond: 8_000,
  bytesPerSecond: 5_000_000,
  remainingMs: 15_000,
  requestedAt: '2026-01-31T10:00:00.000Z',
  finishedAt: null,
};

describe('progress of a run', () => {
  it('tells bytes, objects, rates and the time that is left', () => {
    expect(progressLine(RUN)).toBe(
      'run 7  reading  [██████··················] 25 %  40000 objects, 25.0 MB of 100.0 MB, 5.0 MB/s, 8000 objects/s, 15 s left',
    );
  });
  it('tells less where less is known', () => {
    const progress = { documents: 0, bytesRead: 900, objects: 3, unknownParts: 0 };
    expect(progressLine({ ...RUN, progress, objectsPerSecond: null, bytesPerSecond: null, remainingMs: null })).toBe(
      'run 7  reading  3 objects, 900 B',
    );
    expect(progressLine({ ...RUN, state: 'requested', progress: null })).toBe('run 7  requested');
  });
});

describe('progress of an upload', () => {
  it.each([
    [500_000, 2_000_000, 1_000, 'upload a.xml  [██████··················] 25 %  500 kB of 2.0 MB, 500 kB/s, 3 s left'],
    [2_000_000, 2_000_000, 4_000, 'upload a.xml  [████████████████████████] 100 %  2.0 MB of 2.0 MB, 500 kB/s'],
    [500_000, undefined, 1_000, 'upload a.xml  500 kB, 500 kB/s'],
    [10, 0, 0, 'upload a.xml  10 B of 0 B'],
  ])('of %p of %p bytes after %p ms', (sent, total, elapsed, expected) => {
    expect(uploadLine('a.xml', sent, total, elapsed)).toBe(expected);
  });
});

describe('where it is shown', () => {
  it('moves in one line on a terminal', () => {
    const [moved, lines]: [string[], string[]] = [[], []];
    const progress = new Progress({ now: () => new Date(0), error: (line) => lines.push(line), showProgress: (line) => moved.push(line) });
    progress.show('1', 'reading');
    progress.show('2', 'reading');
    progress.done();
    expect([moved, lines]).toEqual([['1', '2', ''], []]);
  });
  it('is a plain line for each state and every ten seconds elsewhere', () => {
    const lines: string[] = [];
    let now = 0;
    const progress = new Progress({ now: () => new Date(now), error: (line) => lines.push(line) });
    for (const [at, line, stage] of [
      [0, 'a', 'reading'],
      [9_999, 'b', 'reading'],
      [10_000, 'c', 'reading'],
      [10_001, 'd', 'comparing'],
      [19_000, 'e', 'comparing'],
    ] as const) {
      now = at;
      progress.show(line, stage);
    }
    progress.done();
    expect(lines).toEqual(['a', 'c', 'd']);
  });
});
