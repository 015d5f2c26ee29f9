// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import type { StatusUpdate } from '@amtsbote/adapter-kit';
import { aDecisionUpdate, aStatusUpdate } from '@amtsbote/adapter-kit/testing';
import { describe, expect, it } from '@jest/globals';

import { toEvent } from './webhook.mapping.js';
import { StateChangedEvent } from './webhook.wire.js';

const fixture = (name: string): StateChangedEvent =>
  StateChangedEvent.parse(JSON.parse(readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8')));

describe('toEvent', () => {
  it('writes a demand for payment', () => {
    expect(toEvent(aStatusUpdate({ sequence: 2 }))).toEqual(fixture('state-changed.json'));
  });

  it('writes a decision, and no mailbox when none is known', () => {
    const { mailbox: _, ...update } = aDecisionUpdate({ sequence: 4, changedAt: new Date('2026-02-03T09:30:00.000Z') });
    const document = {
      name: 'Gewerbeschein (Käse & Söhne).pdf',
      mediaType: 'application/pdf',
      size: 48_213,
      sha512: 'c0ffee'.repeat(22).slice(0, 128),
      url: 'https://hub.example.org/v1/decisions/0192f0a0/documents/1',
    };
    const decision = { outcome: 'granted', text: 'Ihre Gewerbeanmeldung ist bestätigt.', documents: [document] } as const;
    expect(toEvent({ ...update, decision })).toEqual(fixture('state-changed-decision.json'));
  });

  it('sends nothing the contract does not name', () => {
    const update = { ...aDecisionUpdate(), internalNote: 'nur für das Amt' } as StatusUpdate;
    expect(StateChangedEvent.safeParse(toEvent(update)).success).toBe(true);
    expect(JSON.stringify(toEvent(update))).not.toContain('nur für das Amt');
  });
});
