// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What forms were seen in which versions, with which fields, and how often: names and counts, no value of any application. */
export class FormVersions1700000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  `CREATE TABLE form_version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    endpoint text NOT NULL,
    form_id text NOT NULL,
    form_version text NOT NULL,
    submissions bigint NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    UNIQUE (endpoint, tenant, form_id, form_version)
  )`,
  `CREATE TABLE form_field (
    form bigint NOT NULL REFERENCES form_version ON DELETE CASCADE,
    path text NOT NULL,
    fate text NOT NULL CHECK (fate IN ('mapped', 'unmapped', 'ignored')),
    submissions bigint NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (form, path, fate)
  )`,
  // Raised once for each; \`fields\` holds paths, bounded.
  `CREATE TABLE form_notice (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form bigint NOT NULL REFERENCES form_version ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('version', 'fields')),
    fields jsonb NOT NULL,
    raised_at timestamptz NOT NULL,
    seen_at timestamptz,
    seen_by text
  )`,
  'CREATE INDEX form_notice_by_form ON form_notice (form) WHERE seen_at IS NULL',
];

const DOWN = ['DROP TABLE form_notice', 'DROP TABLE form_field', 'DROP TABLE form_version'];
