// SPDX-License-Identifier: EUPL-1.2
import { Waker } from '@amtsbote/bus';
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

const COUNTS = `
  SELECT (SELECT count(*)::int FROM application) AS applications, (SELECT count(*)::int FROM step) AS steps,
    (SELECT count(DISTINCT subject)::int FROM message) AS subjects,
    (SELECT count(*)::int FROM journal WHERE event = 'application.submitted') AS submitted,
    (SELECT count(*)::int FROM journal WHERE event = 'submission.repeated') AS repeated`;

describe('submissions that share a commit', () => {
  let house: TestHouse;
  let statements: unknown[][];
  let intake: IntakeService;
  beforeEach(async () => {
    house = await startHouse();
    const watched = Object.create(house.house.database) as DataSource;
    statements = [];
    watched.query = (async (sql: string, parameters: unknown[] = []) => {
      if (sql.includes('INSERT INTO application')) statements.push(JSON.parse(String(parameters[0])) as unknown[]);
      return house.house.database.query<unknown>(sql, parameters);
    }) as DataSource['query'];
    const shared = withDatabase(house.house, watched);
    intake = new IntakeService(
      shared,
      new Routes(shared),
      new Waker(house.house.database),
      atSubmission(house.house),
      new ParallelRuns(shared),
      new CaseRelations(shared, new Prefills(shared, new IntakeEndpoints(shared))),
      new FormCoverage(shared),
      new DataSchemas(shared),
    );
  });
  afterEach(async () => house.close());

  const submitAll = (ids: readonly string[]) =>
    Promise.allSettled(
      ids.map((submissionId) => submitTo({ intake, house: house.house }, house.endpoint, house.targets, aDraft({ submissionId }))),
    );

  it('are all there with everything they bring about once they are confirmed, in fewer statements than submissions', async () => {
    const outcomes = await submitAll(Array.from({ length: 40 }, (_, index) => `s-${index}`));
    expect(outcomes.every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(await house.query(COUNTS)).toEqual([{ applications: 40, steps: 40, subjects: 40, submitted: 40, repeated: 0 }]);
    expect(statements.length).toBeLessThan(10);
    expect(Math.max(...statements.map((group) => group.length))).toBeGreaterThan(8);
  });

  it('answer each sender about the own submission, and the sender of a repetition in the same group with the one that is there', async () => {
    const ids = ['first', 'a', 'b', 'a', 'c', 'b', 'a', 'first'];
    const outcomes = await submitAll(ids);
    const rows = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
    const stored = await house.query<{ id: string; submission_id: string; reference: string }>(
      'SELECT id, submission_id, reference FROM application',
    );
    expect(rows.map((row) => ({ id: row?.id, reference: row?.reference }))).toEqual(
      ids.map((id) => {
        const { id: own, reference } = stored.find(({ submission_id }) => submission_id === id) ?? {};
        return { id: own, reference };
      }),
    );
    expect(rows.filter((row) => row?.fresh)).toHaveLength(4);
    expect(await house.query(COUNTS)).toEqual([{ applications: 4, steps: 4, subjects: 4, submitted: 4, repeated: 4 }]);
    expect(Math.max(...statements.map((group) => group.length))).toBeGreaterThan(4);
  });

  it('are stored without the one that the database refuses; its sender alone is told so', async () => {
    await house.query(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.submission_id = 'bad' THEN RAISE check_violation USING MESSAGE = 'refused by the test'; END IF; RETURN NEW; END $$`);
    await house.query('CREATE TRIGGER refuse BEFORE INSERT ON application FOR EACH ROW EXECUTE FUNCTION refuse()');
    const outcomes = await submitAll(['first', 'second', 'a', 'bad', 'b', 'a']);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(outcomes[3]).toMatchObject({ reason: { message: 'refused by the test' } });
    expect(await house.query(COUNTS)).toEqual([{ applications: 4, steps: 4, subjects: 4, submitted: 4, repeated: 1 }]);
  });

  it('keep the order of messages and entries of each application', async () => {
    await submitAll(Array.from({ length: 20 }, (_, index) => `s-${index}`));
    const orders = await house.query<{ types: string[]; count: number }>(`
      SELECT types, count(*)::int AS count FROM (SELECT array_agg(type ORDER BY seq) AS types FROM message GROUP BY subject) each GROUP BY types`);
    const [alone] = await house.query<{ types: string[] }>('SELECT array_agg(type ORDER BY seq) AS types FROM message WHERE subject = $1', [
      await house.submit(),
    ]);
    expect(orders).toEqual([{ types: alone?.types, count: 20 }]);
  });
});
