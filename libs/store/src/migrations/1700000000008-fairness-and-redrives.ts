// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Work is taken by turns of the tenants: the indexes of what is to be done begin with whose it is, so that the oldest of each is found without
 * reading what another has piled up before it. Rates of instances, what instances got done, and the jobs that redrive in bulk get their tables.
 */
export class FairnessAndRedrives1700000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const CLAIMABLE = "WHERE state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at IS NOT NULL";

/**
 * What there is to claim of one tenant, its oldest first. Read in the order of the index (tenant, seq) and no further than needed, whatever the
 * statistics say of the table: for a range of one tenant no other index has this order, a CASE is not estimated, and of a limit that is not known
 * beforehand the planner expects a tenth. The head of a subject is the first row at or behind the beginning of the subject.
 */
const heads = (tenant: string, limit: string): string => `
    SELECT m.seq FROM message m
    WHERE m.tenant >= ${tenant} AND m.tenant <= ${tenant}
      AND CASE WHEN m.available_at <= $1 AND (m.lease_until IS NULL OR m.lease_until < $1) AND m.type = ANY($4)
        THEN m.seq = (SELECT head.seq FROM message head WHERE head.subject >= m.subject ORDER BY head.subject, head.seq LIMIT 1) END
    ORDER BY m.tenant, m.seq LIMIT ${limit}`;

/**
 * claim_messages(now, lease_until, places, types, after, delivered): leases heads of subjects. Tenants are found by jumping from one to the next in
 * the index, so that it costs the same for one message of each as for a hundred thousand. Those that have something share the places, beginning
 * with the one that follows on `after`; what one leaves over is for the next claim. What another process is claiming at the moment is skipped by its
 * locks. As an array the choice is made exactly once; as a plain subquery a plan may run it again and claim more than its limit.
 * `delivered` (1 or 0) counts as a delivery. Settings: the plan is made once per connection and has to be good for a burst, though the queue mostly
 * is empty when it is made.
 */
export const CLAIM_MESSAGES = `
CREATE OR REPLACE FUNCTION claim_messages(timestamptz, timestamptz, int, text[], text, int) RETURNS SETOF message LANGUAGE plpgsql
SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan
AS $claim$ BEGIN RETURN QUERY
  WITH RECURSIVE whose AS (
    (SELECT first.tenant FROM message first ORDER BY first.tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT next.tenant FROM message next WHERE next.tenant > whose.tenant ORDER BY next.tenant LIMIT 1)
    FROM whose WHERE whose.tenant IS NOT NULL),
  turns AS MATERIALIZED (
    SELECT whose.tenant, ceil($3::numeric / count(*) OVER ())::bigint AS share FROM whose
    WHERE whose.tenant IS NOT NULL AND (${heads('whose.tenant', '(SELECT 1)')}) IS NOT NULL
    ORDER BY whose.tenant <= $5, whose.tenant)
  UPDATE message SET lease_until = $2, fence = message.fence + 1, deliveries = message.deliveries + $6
  WHERE message.seq = ANY(ARRAY(
    SELECT chosen.seq FROM turns, LATERAL (${heads('turns.tenant', 'turns.share')}
    FOR UPDATE OF m SKIP LOCKED) chosen LIMIT $3))
  RETURNING message.*;
END $claim$`;

const UP = [
  'CREATE INDEX message_by_tenant ON message (tenant, seq)',
  CLAIM_MESSAGES,
  'DROP INDEX step_claimable',
  `CREATE INDEX step_claimable ON step (instance, tenant, due_at, id) ${CLAIMABLE}`,
  // When the next attempt may start if attempts came evenly: everything about a rate in one moment (GCRA). `granted` is the last answer.
  'CREATE TABLE instance_rate (instance text PRIMARY KEY, next_at timestamptz NOT NULL, granted int NOT NULL)',
  // Attempts that ended within one minute; kept for an hour.
  `CREATE TABLE instance_flow (
    instance text NOT NULL,
    minute timestamptz NOT NULL,
    ended int NOT NULL,
    PRIMARY KEY (instance, minute)
  )`,
  `CREATE TABLE redrive_job (
    id uuid PRIMARY KEY,
    what text NOT NULL,
    tenants text[],
    filter jsonb NOT NULL,
    uncertain boolean NOT NULL,
    rate_per_second double precision NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    state_by text NOT NULL,
    state_reason text NOT NULL,
    matched int NOT NULL,
    redriven int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    refusals jsonb NOT NULL DEFAULT '{}',
    until_at timestamptz NOT NULL,
    after_at timestamptz,
    after_id uuid,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    changed_at timestamptz NOT NULL,
    finished_at timestamptz
  )`,
  'CREATE INDEX redrive_job_by_time ON redrive_job (requested_at DESC, id)',
  "CREATE INDEX redrive_job_running ON redrive_job (lease_until) WHERE state = 'running'",
  'CREATE INDEX dead_letter_by_time ON dead_letter (died_at, id)',
];

const DOWN = [
  'DROP INDEX dead_letter_by_time',
  'DROP TABLE redrive_job',
  'DROP TABLE instance_flow',
  'DROP TABLE instance_rate',
  'DROP INDEX step_claimable',
  `CREATE INDEX step_claimable ON step (instance, due_at, id) ${CLAIMABLE}`,
  'DROP FUNCTION claim_messages',
  'DROP INDEX message_by_tenant',
];
