// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What operators see first is counted from two partial indexes and never from the table: applications that are finished, and the few that are
 * not. Neither holds the state, which changes several times: every such change would have to write all indexes anew.
 */
export class CountedApplications1700000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  "CREATE INDEX application_finished ON application (received_at) INCLUDE (tenant) WHERE progress = 'finished'",
  'DROP INDEX application_unfinished',
  "CREATE INDEX application_unfinished ON application (progress, received_at DESC) INCLUDE (tenant) WHERE progress <> 'finished'",
  // An index alone answers only for pages that were vacuumed since they changed; the default waits for a fifth of the table.
  'ALTER TABLE application SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02)',
];

const DOWN = [
  'ALTER TABLE application RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor)',
  'DROP INDEX application_unfinished',
  "CREATE INDEX application_unfinished ON application (progress, received_at DESC) WHERE progress IN ('flowing', 'parked')",
  'DROP INDEX application_finished',
];
