// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { isUnderWay, mayCancel, mayGoBack, shareRead } from '../src/views/catalogue/run-model.js';

const progress = { documents: 1, bytesRead: 250, objects: 10, unknownParts: 0 };

describe('how much was read', () => {
  it.each([
    ['bytes, where the source says how many', { ...progress, bytesTotal: 1_000, documentsTotal: 2 }, 0.25],
    ['never more than everything', { ...progress, bytesTotal: 200 }, 1],
    ['documents, where only they are known', { ...progress, documentsTotal: 4 }, 0.25],
    ['nothing, where nobody knows', progress, undefined],
    ['nothing for an empty source', { ...progress, bytesTotal: 0, documentsTotal: 0 }, undefined],
  ])('is told by %s', (_how, read, share) => {
    expect(shareRead(read)).toBe(share);
  });
});

describe('a run', () => {
  it('can be cancelled as long as it is not over, and is watched as long as it goes on by itself', () => {
    expect(mayCancel({ state: 'held' })).toBe(true);
    expect(isUnderWay({ state: 'held' })).toBe(false);
    for (const state of ['requested', 'reading', 'comparing', 'applying'] as const)
      expect([isUnderWay({ state }), mayCancel({ state })]).toEqual([true, true]);
    for (const state of ['applied', 'checked', 'failed', 'cancelled', 'discarded'] as const)
      expect([isUnderWay({ state }), mayCancel({ state })]).toEqual([false, false]);
  });

  it('can be gone back to when it made a version', () => {
    expect(mayGoBack({ state: 'applied', isDryRun: false, version: 3 })).toBe(true);
    expect(mayGoBack({ state: 'applied', isDryRun: true, version: 3 })).toBe(false);
    expect(mayGoBack({ state: 'applied', isDryRun: false, version: null })).toBe(false);
    expect(mayGoBack({ state: 'failed', isDryRun: false, version: 3 })).toBe(false);
  });
});
