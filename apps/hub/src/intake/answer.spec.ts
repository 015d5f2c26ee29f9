// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { answerOf, PASSED_OVER, written } from './answer.js';

const row = { id: 'a1', reference: '7KQ4-M2XD-P', receivedAt: new Date('2026-01-31T10:00:00Z'), fingerprint: 'f', fresh: true };
const answer = answerOf(row, 'https://hub.example.org/');

describe('what a sender is told', () => {
  it('is everything, under the names that form servers look for', () => {
    expect(written(answer, { answerAs: 'json', answerMembers: undefined })).toEqual({ headers: {}, body: answer });
    expect(answer).toMatchObject({
      reference: '7KQ4-M2XD-P',
      fileNumber: '7KQ4-M2XD-P',
      statusUrl: 'https://hub.example.org/applications/a1/status',
    });
  });

  it('is what the endpoint says, under the names it says', () => {
    expect(written(answer, { answerAs: 'json', answerMembers: { Vorgang: 'reference' } }).body).toEqual({ Vorgang: '7KQ4-M2XD-P' });
    expect(written(answer, { answerAs: 'xml', answerMembers: { Vorgang: 'reference', url: 'statusUrl' } }).body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<answer>\n  <Vorgang>7KQ4-M2XD-P</Vorgang>\n  <url>https://hub.example.org/applications/a1/status</url>\n</answer>\n',
    );
  });

  it('may be the reference alone, or a page', () => {
    expect(written(answer, { answerAs: 'text', answerMembers: undefined })).toMatchObject({
      body: '7KQ4-M2XD-P',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    const page = written(answer, { answerAs: 'page', answerMembers: undefined });
    expect(page.headers).toMatchObject({ 'content-security-policy': expect.stringContaining("default-src 'none'") });
    expect(page.body).toContain('7KQ4-M2XD-P');
    expect(page.body).not.toContain('a1');
  });

  it.each([
    // What senders read, in their source: gover fails on an answer that is empty or no JSON, and files under fileNumber; XGov shows reference.
    ['gover', ['fileNumber', 'message']],
    ['XGov digital-form-builder', ['reference']],
    ['Open Forms', ['reference']],
  ])('holds what %s reads: %p', (_sender, members) => {
    const body = JSON.parse(JSON.stringify(written(answer, { answerAs: 'json', answerMembers: undefined }).body)) as Record<
      string,
      unknown
    >;
    for (const member of members) expect(body[member]).toEqual(expect.stringMatching(/./));
  });

  it.each(['json', 'xml', 'text', 'page'] as const)('is never empty, not of a draft either: %s', (answerAs) => {
    const { body } = written(PASSED_OVER, { answerAs, answerMembers: { Vorgang: 'reference' } });
    expect(JSON.stringify(body)).toContain('Kein Antrag');
  });
});
