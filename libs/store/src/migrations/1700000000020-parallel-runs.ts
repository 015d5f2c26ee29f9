// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A service that two form systems offer while it moves: which of both is in charge, and which applications belong together. */
export class ParallelRuns1700000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  'CREATE TABLE parallel_run (name text PRIMARY KEY, live text NOT NULL, changed_at timestamptz NOT NULL, actor text NOT NULL, reason text NOT NULL)',
  'ALTER TABLE application ADD COLUMN parallel_run text, ADD COLUMN pair_key text',
  `CREATE INDEX application_by_pair ON application (parallel_run, tenant, pair_key, endpoint, received_at, id) INCLUDE (progress)
    WHERE parallel_run IS NOT NULL`,
];

const DOWN = [
  'DROP INDEX application_by_pair',
  'ALTER TABLE application DROP COLUMN pair_key, DROP COLUMN parallel_run',
  'DROP TABLE parallel_run',
];
