// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How the current state of an object looked where it was read (`digest`, of its bytes and of what decides their meaning), and what was to be
 * said about it then: whoever reads the same again recognises it and reads no more. Only current states are looked for.
 */
export class CatalogueMarks1700000000040 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE catalogue_object ADD COLUMN digest bytea, ADD COLUMN remarks text');
    await queryRunner.query(
      'CREATE INDEX catalogue_object_by_digest ON catalogue_object (digest) WHERE to_version IS NULL AND digest IS NOT NULL',
    );
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE catalogue_object DROP COLUMN digest, DROP COLUMN remarks');
  }
}
