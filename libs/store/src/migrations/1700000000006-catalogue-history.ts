// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Old versions of the catalogue are kept for a time, and as long as an application names them. For each source: from which version on
 * everything can be read (`oldest_version`), since when that is so, how far removing has come (`swept_version`; null: nothing to do), and
 * what it has given back. A held run remembers against which version its report was worked out.
 */
export class CatalogueHistory1700000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX application_by_catalogue_version');
    await queryRunner.query('DROP TABLE catalogue_kept_version');
    for (const column of ['oldest_version', 'oldest_since', 'swept_version', 'removed_states', 'removed_bytes'])
      await queryRunner.query(`ALTER TABLE catalogue_source DROP COLUMN ${column}`);
    await queryRunner.query('ALTER TABLE catalogue_run DROP COLUMN judged_version');
  }
}

const STATEMENTS = [
  'ALTER TABLE catalogue_run ADD COLUMN judged_version int',
  `ALTER TABLE catalogue_source ADD COLUMN oldest_version int NOT NULL DEFAULT 0, ADD COLUMN oldest_since timestamptz,
    ADD COLUMN swept_version int, ADD COLUMN removed_states bigint NOT NULL DEFAULT 0, ADD COLUMN removed_bytes bigint NOT NULL DEFAULT 0`,
  // Versions before the oldest one that are kept all the same: applications name them, or a run goes back to them.
  'CREATE TABLE catalogue_kept_version (source_no int NOT NULL, version int NOT NULL, PRIMARY KEY (source_no, version))',
  // Which versions applications name: few, among many applications.
  `CREATE INDEX application_by_catalogue_version ON application (tenant, (document #>> '{publicService,catalogueVersion}'))
    WHERE document #>> '{publicService,catalogueVersion}' IS NOT NULL`,
];
