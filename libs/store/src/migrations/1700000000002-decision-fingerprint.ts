// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was sent under an Idempotency-Key is remembered, so that other content under the same key is told from a repetition. */
export class DecisionFingerprint1700000000002 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE decision ADD COLUMN fingerprint text');
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE decision DROP COLUMN fingerprint');
  }
}
