// SPDX-License-Identifier: EUPL-1.2
import type { PullHeldView } from '@amtsbote/ops-api';
import { describe, expect, it } from '@jest/globals';

import { renderHeldAnswers } from './commands.js';

const held: PullHeldView = {
  source: 'outbox',
  submissionId: '3f2a9c 5d1e',
  state: 'kept',
  failure: { kind: 'refused', code: 'answers/unknown-vorgang', message: 'No application was filed in this Vorgang by this instance.' },
  attempts: 2,
  submittedAt: null,
  firstAt: '2026-02-10T09:00:00.000Z',
  dueAt: '2026-02-10T10:00:00.000Z',
  document: 'Bescheid.pdf',
  vorgang: '/dav/Gewerbeamt/Akte/K7QF-2M9D-4',
};

describe('held answers', () => {
  it('are named by document and Vorgang, with the reason', () => {
    const text = renderHeldAnswers([held]);
    for (const part of ['Bescheid.pdf', 'K7QF-2M9D-4', 'kept', '2×', 'answers/unknown-vorgang: No application'])
      expect(text).toContain(part);
  });

  it('are named by their id to whom names are not shown', () => {
    const text = renderHeldAnswers([{ ...held, document: null, vorgang: null }]);
    expect(text).toContain('3f2a9c 5d1e');
    expect(text).not.toContain('Bescheid');
  });

  it('may be none', () => {
    expect(renderHeldAnswers([])).toBe('Nothing is held.');
  });
});
