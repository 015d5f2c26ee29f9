// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Every application writes fewer indexes. The key against doubles is also what a submission is looked up by. A message is told by its number; its
 * id, made up by the house itself, needs no guard. That an offer belongs to an application is guarded by its step, which does.
 */
export class LeanerWrites1700000000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  'ALTER TABLE application ADD UNIQUE (submission_id, endpoint)',
  'ALTER TABLE application DROP CONSTRAINT application_endpoint_submission_id_key',
  'DROP INDEX application_by_submission',
  'ALTER TABLE message DROP CONSTRAINT message_id_key',
  'ALTER TABLE pickup_item DROP CONSTRAINT pickup_item_application_id_fkey',
];

const DOWN = [
  'ALTER TABLE pickup_item ADD FOREIGN KEY (application_id) REFERENCES application',
  'ALTER TABLE message ADD UNIQUE (id)',
  'CREATE INDEX application_by_submission ON application (submission_id)',
  'ALTER TABLE application ADD UNIQUE (endpoint, submission_id)',
  'ALTER TABLE application DROP CONSTRAINT application_submission_id_endpoint_key',
];
