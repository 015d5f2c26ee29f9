// SPDX-License-Identifier: EUPL-1.2
import { expect, it } from '@jest/globals';

import { type StageCounts, StageLines, STAGES } from './progress.js';

const counts = (received: number): StageCounts => ({ received, paid: 0, filed: 0, collected: 0, decided: 0, reported: 0 });

it('stages on a terminal keep one line each, however narrow it is', () => {
  const written: string[] = [];
  const lines = new StageLines(4, { isTTY: true, columns: 40, write: (text: string) => written.push(text) > 0 }, 0);
  lines.show(counts(1));
  lines.show(counts(2));
  const [first = '', second = ''] = written;
  expect(first.split('\n')).toHaveLength(STAGES.length + 1);
  expect(second.startsWith(`\u001B[${STAGES.length}A`)).toBe(true);
  expect(first.split('\n').filter((line) => line.replace('\u001B[2K', '').length > 39)).toEqual([]);
});

it('stages elsewhere are written once, when they are complete', () => {
  const written: string[] = [];
  const lines = new StageLines(2, { write: (text: string) => written.push(text) > 0 }, Date.now());
  for (const received of [0, 1, 2, 2]) lines.show(counts(received));
  expect(written.map((line) => line.trim().split(/\s+/).slice(0, 3))).toEqual([['received', '██████████', '2/2']]);
});
