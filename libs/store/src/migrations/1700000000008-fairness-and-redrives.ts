// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Work is taken by turns of the tenants: the indexes of what is to be done begin with whose it is, so that the oldest of each is found without
 * reading what another has piled up before it. Rates of instances, what instances got done, and the jobs that redrive in bulk get their tables.
 */
export class FairnessAndRedrives1700000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of UP) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await queryRunner.query(statement);
  }
}

const CLAIMABLE = "WHERE state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at IS NOT NULL";

const UP = [
  'CREATE INDEX message_by_tenant ON message (tenant, seq)',
  'DROP INDEX step_claimable',
  `CREATE INDEX step_claimable ON step (instance, tenant, due_at, id) ${CLAIMABLE}`,
  // When the next attempt may start if attempts came evenly: everything about a rate in one moment (GCRA). `granted` is the last answer.
  'CREATE TABLE instance_rate (instance text PRIMARY KEY, next_at timestamptz NOT NULL, granted int NOT NULL)',
  // Attempts that ended within one minute; kept for an hour.
  `CREATE TABLE instance_flow (
    instance text NOT NULL,
    minute timestamptz NOT NULL,
    ended int NOT NULL,
    PRIMARY KEY (instance, minute)
  )`,
  `CREATE TABLE redrive_job (
    id uuid PRIMARY KEY,
    what text NOT NULL,
    tenants text[],
    filter jsonb NOT NULL,
    uncertain boolean NOT NULL,
    rate_per_second double precision NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    state text NOT NULL,
    state_by text NOT NULL,
    state_reason text NOT NULL,
    matched int NOT NULL,
    redriven int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    refusals jsonb NOT NULL DEFAULT '{}',
    until_at timestamptz NOT NULL,
    after_at timestamptz,
    after_id uuid,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    changed_at timestamptz NOT NULL,
    finished_at timestamptz
  )`,
  'CREATE INDEX redrive_job_by_time ON redrive_job (requested_at DESC, id)',
  "CREATE INDEX redrive_job_running ON redrive_job (lease_until) WHERE state = 'running'",
  'CREATE INDEX dead_letter_by_time ON dead_letter (died_at, id)',
];

const DOWN = [
  'DROP INDEX dead_letter_by_time',
  'DROP TABLE redrive_job',
  'DROP TABLE instance_flow',
  'DROP TABLE instance_rate',
  'DROP INDEX step_claimable',
  `CREATE INDEX step_claimable ON step (instance, due_at, id) ${CLAIMABLE}`,
  'DROP INDEX message_by_tenant',
];
