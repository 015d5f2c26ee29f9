// SPDX-License-Identifier: EUPL-1.2
import { referenceOf } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { ProblemError } from '../http/problem.js';
import { readCursor, searchCondition, writeCursor } from './search.js';

const REFERENCE = referenceOf(Uint8Array.of(1, 2, 3, 4, 5));
const ID = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('a search', () => {
  it('without wishes finds everything, and for an admin of some tenants everything of theirs', () => {
    expect(searchCondition({}, null)).toEqual({ sql: 'true', parameters: [] });
    expect(searchCondition({}, ['05711'])).toEqual({ sql: '(a.tenant = ANY($1::text[]))', parameters: [['05711']] });
  });
  it('keeps the tenants beside every wish', () => {
    const { sql, parameters } = searchCondition({ q: 'x', tenant: '05112' }, ['05711']);
    expect(sql).toBe('(a.tenant = ANY($1::text[])) AND (a.submission_id = $2) AND (a.tenant = $3)');
    expect(parameters).toEqual([['05711'], 'x', '05112']);
  });
  it.each([
    ['a reference as it is spoken', ` ${REFERENCE.toLowerCase().replaceAll('-', ' ')} `, REFERENCE],
    ['an id in capitals', ID.toUpperCase(), ID],
  ])('reads %s', (_what, q, expected) => {
    expect(searchCondition({ q }, null).parameters).toContain(expected);
  });
  it('puts nothing that was typed into the statement', () => {
    const typed = "x'; DROP TABLE application; --";
    const wishes = {
      q: typed,
      reference: typed,
      submissionId: typed,
      route: typed,
      tenant: typed,
      endpoint: typed,
      leikaKey: typed,
      code: typed,
    };
    expect(searchCondition({ ...wishes, instance: typed }, [typed]).sql).not.toContain('DROP');
  });
  it('goes on after the last row of the page before', () => {
    const receivedAt = new Date('2026-03-04T05:06:07.008Z');
    expect(readCursor(writeCursor({ receivedAt, id: ID }))).toEqual({ receivedAt, id: ID });
  });
  it.each(['', 'x', Buffer.from('[1,2]').toString('base64url'), Buffer.from('{}').toString('base64url')])(
    'refuses %p as a cursor',
    (text) => {
      expect(() => readCursor(text)).toThrow(ProblemError);
    },
  );
});
