// SPDX-License-Identifier: EUPL-1.2
import { Waker } from '@amtsbote/bus';
import type { Application, FormItem } from '@amtsbote/canonical';
import { seededRandomness } from '@amtsbote/platform';
import { appendJournal } from '@amtsbote/store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';

import { aDraft, atSubmission, startHouse, submitTo, type TestHouse, withDatabase } from '../../../../test/support/house.js';
import { CaseRelations } from '../cases/case-relations.js';
import { Prefills } from '../cases/prefills.js';
import { ParallelRuns } from '../parallel/parallel-runs.js';
import { Routes } from '../routing/routes.js';
import { FormCoverage } from './coverage/form-coverage.js';
import { IntakeEndpoints } from './endpoints.js';
import { IntakeService } from './intake.service.js';
import { DataSchemas } from './schemas/data-schemas.js';

describe('the intake, on its database', () => {
  let house: TestHouse;
  beforeEach(async () => {
    house = await startHouse();
  });
  afterEach(async () => house.close());

  it('stores form values with U+0000 and half surrogates, which jsonb refuses, and counts what it replaced', async () => {
    const id = await house.submit({
      serviceName: 'Anmeldung\u0000',
      applicant: { kind: 'person', familyName: 'Muster\uD800mann' },
      form: [{ kind: 'field', name: 'a\uDC00', label: 'Frage', type: 'text', value: 'vor\u0000nach 😀' }],
      unmapped: [{ path: '/x', value: { 'k\u0000': ['\uDBFF'] } }],
    });
    const [row] = await house.query<{ document: Application }>('SELECT document FROM application WHERE id = $1', [id]);
    expect(row?.document).toMatchObject({
      publicService: { name: 'Anmeldung\uFFFD' },
      applicant: { familyName: 'Muster\uFFFDmann' },
      form: [{ name: 'a\uFFFD', value: 'vor\uFFFDnach 😀' }],
      unmapped: [
        { path: '/x', value: { 'k\uFFFD': ['\uFFFD'] } },
        { path: 'replacedCharacters', value: 6 },
      ],
    });
  });

  it('stores a file name whose cut falls into the middle of an emoji', async () => {
    const name = `${'n'.repeat(4_095)}😀.pdf`;
    const id = await house.submit({
      attachments: [{ name, mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('content') }],
    });
    const [row] = await house.query<{ document: Application }>('SELECT document FROM application WHERE id = $1', [id]);
    expect(row?.document.attachments[0]?.originalName).toBe(`${'n'.repeat(4_095)}\uFFFD`);
  });

  it('notes nothing about replaced characters when there was nothing to replace', async () => {
    const id = await house.submit();
    const [row] = await house.query<{ document: Application }>('SELECT document FROM application WHERE id = $1', [id]);
    expect(row?.document.unmapped).toEqual([]);
  });

  it('refuses a submission id that cannot be stored instead of making two submissions one', async () => {
    await expect(house.submit({ submissionId: 'x\u0000' })).rejects.toMatchObject({ kind: 'untranslatable', place: '/submissionId' });
  });

  it('makes one application of fifty simultaneous sendings of one submission, and gives all the same answer', async () => {
    const second = await house.startProcess('second');
    const draft = aDraft({
      attachments: [{ name: 'a.pdf', mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('a') }],
    });
    const rows = await Promise.all(
      Array.from({ length: 50 }, (_, index) => submitTo(index % 2 === 0 ? house : second, house.endpoint, house.targets, draft)),
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
    expect(new Set(rows.map(({ reference }) => reference)).size).toBe(1);
    expect(rows.filter(({ fresh }) => fresh)).toHaveLength(1);
    const counted = await house.query(`
      SELECT (SELECT count(*)::int FROM application) AS applications, (SELECT count(*)::int FROM step) AS steps,
        (SELECT count(*)::int FROM attachment) AS attachments, (SELECT count(*)::int FROM message) AS messages,
        (SELECT count(*)::int FROM journal WHERE event = 'submission.repeated') AS repetitions`);
    expect(counted).toEqual([{ applications: 1, steps: 1, attachments: 1, messages: 2, repetitions: 49 }]);
  });

  it('keeps the bytes of the one application and of no repetition', async () => {
    const draft = aDraft({
      attachments: [{ name: 'a.pdf', mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('a') }],
    });
    await submitTo(house, house.endpoint, house.targets, draft);
    await submitTo(house, house.endpoint, house.targets, draft);
    const blobs: string[] = [];
    for await (const id of house.house.blobs.listOlderThan(new Date('2100-01-01T00:00:00.000Z'))) blobs.push(id);
    const [attachment] = await house.query<{ id: string }>('SELECT id FROM attachment');
    expect(blobs).toEqual([attachment?.id]);
  });

  it('loses no attachment when the answer of the store is lost after the commit and the sender sends again', async () => {
    const losing = Object.create(house.house.database) as DataSource;
    losing.query = async (...given: Parameters<DataSource['query']>): Promise<never> => {
      await house.house.database.query(...given);
      throw new Error('Connection terminated unexpectedly');
    };
    const broken = withDatabase(house.house, losing);
    const intake = new IntakeService(
      broken,
      new Routes(broken),
      new Waker(house.house.database),
      atSubmission(house.house),
      new ParallelRuns(broken),
      new CaseRelations(broken, new Prefills(broken, new IntakeEndpoints(broken))),
      new FormCoverage(broken),
      new DataSchemas(broken),
    );
    const draft = aDraft({
      attachments: [{ name: 'a.pdf', mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('a') }],
    });
    await expect(submitTo({ intake, house: broken }, house.endpoint, house.targets, draft)).rejects.toThrow('did not say');
    const again = await submitTo(house, house.endpoint, house.targets, draft);
    expect(again.fresh).toBe(false);
    const [attachment] = await house.query<{ id: string }>('SELECT id FROM attachment WHERE application_id = $1', [again.id]);
    const bytes = await (await house.house.blobs.open(attachment?.id ?? '')).toArray();
    expect(Buffer.concat(bytes as Buffer[]).toString()).toBe('a');
  });

  it('removes the bytes of a submission that it refuses', async () => {
    const blob = { name: 'a.pdf', mediaType: 'application/pdf', purpose: 'attachment', bytes: Buffer.from('a') } as const;
    const deep = Array.from({ length: 40 }).reduce<FormItem[]>((items) => [{ kind: 'group', name: 'g', label: 'G', items }], []);
    await expect(house.submit({ attachments: [blob], form: deep })).rejects.toMatchObject({ code: 'form-too-deep' });
    for await (const id of house.house.blobs.listOlderThan(new Date('2100-01-01T00:00:00.000Z'))) throw new Error(`left over: ${id}`);
  });

  it('writes journal entries whose texts hold what jsonb refuses', async () => {
    const entry = { tenant: '057110000000', applicationId: null, stepId: null, at: house.clock.now(), actor: 'endpoint:x', event: 'x' };
    await appendJournal(house.house.database, [{ ...entry, data: { place: '/a\u0000/\uD800' } }]);
    await expect(house.query("SELECT data FROM journal WHERE event = 'x'")).resolves.toEqual([{ data: { place: '/a\uFFFD/\uFFFD' } }]);
  });

  it('tells the sender again what it knows when the same id comes with other content, and notes the difference', async () => {
    const draft = aDraft();
    const first = await submitTo(house, house.endpoint, house.targets, draft);
    house.targets.forms.draft = draft;
    const request = { method: 'POST', headers: {}, query: {}, body: Buffer.from('other bytes'), receivedAt: house.clock.now() };
    const again = await house.intake.accept(house.endpoint, { request, data: [], files: [] });
    expect(again).toMatchObject({ id: first.id, fresh: false });
    const notes = await house.query("SELECT data FROM journal WHERE event = 'submission.repeated'");
    expect(notes).toEqual([{ data: { differs: true } }]);
  });
});

describe('references', () => {
  it('are drawn again when somebody has them already', async () => {
    // Five bytes make a reference: the second application draws the first one's bytes twice before it gets others.
    const seeded = seededRandomness(7);
    const drawn = [1, 1, 1, 2];
    const house = await startHouse({
      randomness: {
        fraction: () => seeded.fraction(),
        bytes: (count) => (count === 5 ? new Uint8Array(5).fill(drawn.shift() ?? 99) : seeded.bytes(count)),
      },
    });
    try {
      await house.submit();
      await house.submit();
      const rows = await house.query<{ reference: string }>('SELECT DISTINCT reference FROM application');
      expect(rows).toHaveLength(2);
      expect(drawn).toEqual([]);
    } finally {
      await house.close();
    }
  });
});
