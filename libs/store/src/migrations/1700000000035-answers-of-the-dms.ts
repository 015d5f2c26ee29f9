// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Documents that were taken from the outbox of a DMS, and how the application of a Vorgang is found. */
export class AnswersOfTheDms1700000000035 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  // Each version of a document is one answer, whatever the DMS goes on to list.
  `CREATE TABLE dms_answer (
    instance text NOT NULL,
    document_id text NOT NULL,
    version text NOT NULL,
    tenant text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    decision_id uuid NOT NULL REFERENCES decision,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (instance, document_id, version)
  )`,
  "CREATE INDEX step_filed_in ON step (instance, (receipt->'vorgang'->>'id')) WHERE kind = 'filing' AND state = 'done'",
];

const DOWN = ['DROP INDEX step_filed_in', 'DROP TABLE dms_answer'];
