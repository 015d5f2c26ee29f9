// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Comparisons of what a form server has in its books with what the house has. */
export class ComparedBooks1700000000013 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE pull_reconciliation');
    await queryRunner.query('ALTER TABLE pull_source DROP COLUMN known_since');
  }
}

const UP = [
  // What was submitted before the house knew the source was somebody else's to take.
  'ALTER TABLE pull_source ADD COLUMN known_since timestamptz NOT NULL DEFAULT now()',
  `CREATE TABLE pull_reconciliation (
    id uuid PRIMARY KEY,
    endpoint text NOT NULL,
    since_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    state text NOT NULL,
    failure jsonb,
    booked int NOT NULL DEFAULT 0,
    matched int NOT NULL DEFAULT 0,
    fetched int NOT NULL DEFAULT 0,
    missing int NOT NULL DEFAULT 0,
    surplus int NOT NULL DEFAULT 0,
    fetched_ids jsonb NOT NULL DEFAULT '[]',
    missing_ids jsonb NOT NULL DEFAULT '[]',
    surplus_ids jsonb NOT NULL DEFAULT '[]'
  )`,
  'CREATE INDEX pull_reconciliation_by_time ON pull_reconciliation (endpoint, started_at DESC)',
];
