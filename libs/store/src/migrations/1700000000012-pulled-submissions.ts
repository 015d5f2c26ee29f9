// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the house knows of sources that it asks for submissions, and of submissions there that it could not take over and settle at once. */
export class PulledSubmissions1700000000012 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const UP = [
  // One row for each source of an endpoint; whoever holds its lease asks the source, with the fence nobody else writes.
  `CREATE TABLE pull_source (
    endpoint text NOT NULL,
    source text NOT NULL,
    cursor text,
    due_at timestamptz NOT NULL,
    signalled_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    failures int NOT NULL DEFAULT 0,
    started_at timestamptz,
    ended_at timestamptz,
    succeeded_at timestamptz,
    failure jsonb,
    failed_at timestamptz,
    accepted bigint NOT NULL DEFAULT 0,
    known bigint NOT NULL DEFAULT 0,
    acknowledged bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    accepted_at timestamptz,
    delay_ms bigint,
    PRIMARY KEY (endpoint, source)
  )`,
  // What is neither taken over nor settled, and why; with what it takes to try again, because a source with a cursor does not tell it twice.
  `CREATE TABLE pull_held (
    endpoint text NOT NULL,
    source text NOT NULL,
    submission_id text NOT NULL,
    tenant text NOT NULL,
    handle jsonb NOT NULL,
    submitted_at timestamptz,
    state text NOT NULL,
    failure jsonb NOT NULL,
    attempts int NOT NULL,
    due_at timestamptz,
    first_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (endpoint, source, submission_id)
  )`,
  'CREATE INDEX pull_held_due ON pull_held (endpoint, source, due_at) WHERE due_at IS NOT NULL',
];

const DOWN = ['DROP TABLE pull_held', 'DROP TABLE pull_source'];
