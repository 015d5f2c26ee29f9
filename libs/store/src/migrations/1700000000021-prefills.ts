// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens by which another form is filled from an application, and the way back from an application to those that name it. */
export class Prefills1700000000021 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  // The values are not here: they are made of the application when somebody opens them.
  `CREATE TABLE prefill (
    token_hash text PRIMARY KEY,
    tenant text NOT NULL,
    form text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    redeemed_at timestamptz
  )`,
  'CREATE INDEX prefill_by_application ON prefill (application_id)',
  // Few applications name another one, so receipt of the others does not pay for it.
  "CREATE INDEX application_related ON application USING gin ((document->'relations') jsonb_path_ops) WHERE document->'relations' <> '[]'",
];

const DOWN = ['DROP INDEX application_related', 'DROP TABLE prefill'];
