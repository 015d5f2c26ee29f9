// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection } from '@amtsbote/adapter-kit';
import { describe, expect, it } from '@jest/globals';
import { BadRequestException, NotFoundException } from '@nestjs/common';

import { ProblemError, problemOf } from './problem.js';

describe('problemOf', () => {
  it('says what a controller meant to say', () => {
    expect(problemOf(new ProblemError(409, 'lease-lost', 'The lease is lost.', { itemState: 'offered' }))).toEqual({
      type: 'urn:amtsbote:problem:lease-lost',
      title: 'Conflict',
      status: 409,
      detail: 'The lease is lost.',
      itemState: 'offered',
    });
  });

  it.each([
    ['unsigned', 401],
    ['malformed', 400],
    ['untranslatable', 422],
    ['tooLarge', 413],
    ['wrongMediaType', 415],
  ] as const)('answers a submission that is %s with %i and the place', (kind, status) => {
    const problem = problemOf(new IntakeRejection(kind, 'some-code', 'What is wrong.', '/form/0'));
    expect(problem).toMatchObject({ status, type: 'urn:amtsbote:problem:some-code', detail: 'What is wrong.', place: '/form/0' });
    expect(problemOf(new IntakeRejection(kind, 'some-code', 'x'))).not.toHaveProperty('place');
  });

  it('passes on what validation of requests says', () => {
    const problem = problemOf(
      new BadRequestException({ message: ['limit must not be greater than 100', 'cursor must be an integer number'] }),
    );
    expect(problem).toMatchObject({ status: 400, type: 'urn:amtsbote:problem:bad-request' });
    expect(problem.detail).toBe('limit must not be greater than 100; cursor must be an integer number');
    expect(problemOf(new NotFoundException('Cannot GET /x'))).toMatchObject({ status: 404, type: 'urn:amtsbote:problem:not-found' });
  });

  it.each([
    [413, 'urn:amtsbote:problem:too-large'],
    [418, 'urn:amtsbote:problem:request-refused'],
  ])('keeps the status %i of the server, but not its words', (statusCode, type) => {
    const problem = problemOf(Object.assign(new Error('FST_ERR: geheim'), { statusCode }));
    expect(problem).toMatchObject({ status: statusCode, type });
    expect(JSON.stringify(problem)).not.toContain('geheim');
  });

  it.each([
    new Error('duplicate key value (Erika)'),
    Object.assign(new Error('Erika'), { statusCode: 500 }),
    Object.assign(new Error('Erika'), { statusCode: 200 }),
    Object.assign(new Error('Erika'), { statusCode: '400' }),
    'Erika',
    undefined,
    null,
  ])('says nothing of an unknown error (%#) but that it happened', (error) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ status: 500, title: 'Internal error', type: 'urn:amtsbote:problem:internal-error' });
    expect(JSON.stringify(problem)).not.toContain('Erika');
  });
});
