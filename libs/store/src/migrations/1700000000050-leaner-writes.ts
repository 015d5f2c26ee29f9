// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

import { CLAIM_MESSAGES as CLAIM_MESSAGES_BEFORE } from './1700000000008-fairness-and-redrives.js';

/**
 * Every application writes fewer indexes. The key against doubles is also what a submission is looked up by. A message is told by its number; its
 * id, made up by the house itself, needs no guard. That an offer belongs to an application is guarded by its step, which does. And what waits to be
 * handled is found by its type.
 */
export class LeanerWrites1700000000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

/**
 * What there is to claim of one tenant, its oldest first, type by type: a relay that is told to leave out a type of which the broker holds enough
 * does not read past all that waits of it. Read in the order of the index (tenant, type, seq) and no further than needed, whatever the statistics
 * say of the table, as migration 8 explains.
 */
const heads = (tenant: string, limit: string, locking = ''): string => `
    SELECT of_type.seq FROM unnest($4) AS wanted(type), LATERAL (
      SELECT m.seq FROM message m
      WHERE m.tenant >= ${tenant} AND m.tenant <= ${tenant} AND m.type >= wanted.type AND m.type <= wanted.type
        AND CASE WHEN m.available_at <= $1 AND (m.lease_until IS NULL OR m.lease_until < $1)
          THEN m.seq = (SELECT head.seq FROM message head WHERE head.subject >= m.subject ORDER BY head.subject, head.seq LIMIT 1) END
      ORDER BY m.tenant, m.type, m.seq LIMIT ${limit} ${locking}) of_type
    ORDER BY of_type.seq LIMIT ${limit}`;

/** As migration 8 tells it; what there is of each tenant is now found type by type. */
const CLAIM_MESSAGES = `
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
    SELECT chosen.seq FROM turns, LATERAL (${heads('turns.tenant', 'turns.share', 'FOR UPDATE OF m SKIP LOCKED')}) chosen LIMIT $3))
  RETURNING message.*;
END $claim$`;

const UP = [
  'ALTER TABLE application ADD UNIQUE (submission_id, endpoint)',
  'ALTER TABLE application DROP CONSTRAINT application_endpoint_submission_id_key',
  'DROP INDEX application_by_submission',
  'ALTER TABLE message DROP CONSTRAINT message_id_key',
  'ALTER TABLE pickup_item DROP CONSTRAINT pickup_item_application_id_fkey',
  'CREATE INDEX message_by_type ON message (tenant, type, seq)',
  'DROP INDEX message_by_tenant',
  CLAIM_MESSAGES,
];

const DOWN = [
  'CREATE INDEX message_by_tenant ON message (tenant, seq)',
  CLAIM_MESSAGES_BEFORE,
  'DROP INDEX message_by_type',
  'ALTER TABLE pickup_item ADD FOREIGN KEY (application_id) REFERENCES application',
  'ALTER TABLE message ADD UNIQUE (id)',
  'CREATE INDEX application_by_submission ON application (submission_id)',
  'ALTER TABLE application ADD UNIQUE (endpoint, submission_id)',
  'ALTER TABLE application DROP CONSTRAINT application_submission_id_endpoint_key',
];
