// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The first shape of the store. Times come from the hub's clock, never from the database's, so that tests own them. Every row carries its
 * tenant (law 11). Queues are read by partial indexes that hold only what is still to be done, so finished work does not slow them down.
 */
export class TheHouse1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`DROP TABLE ${table}`);
  }
}

const TABLES = [
  'console_session',
  'decision',
  'payment',
  'pickup_item',
  'instance_state',
  'dead_letter',
  'message',
  'journal',
  'attempt',
  'effect',
  'step',
  'attachment',
  'application',
];

const STATEMENTS = [
  `CREATE TABLE application (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    reference text NOT NULL UNIQUE,
    endpoint text NOT NULL,
    submission_id text NOT NULL,
    fingerprint text NOT NULL,
    route text,
    report_to text,
    completes_by text NOT NULL,
    state text NOT NULL,
    state_sequence int NOT NULL DEFAULT 0,
    progress text NOT NULL,
    leika_key text,
    form_id text,
    test boolean NOT NULL,
    document jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    finished_at timestamptz,
    UNIQUE (endpoint, submission_id)
  )`,
  'CREATE INDEX application_by_time ON application (received_at DESC, id)',
  'CREATE INDEX application_by_tenant_time ON application (tenant, received_at DESC, id)',
  'CREATE INDEX application_by_submission ON application (submission_id)',
  "CREATE INDEX application_unfinished ON application (progress, received_at DESC) WHERE progress IN ('flowing', 'parked')",
  `CREATE TABLE attachment (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    decision_id uuid,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha512 text NOT NULL,
    stored_at timestamptz NOT NULL
  )`,
  'CREATE INDEX attachment_by_application ON attachment (application_id)',
  `CREATE TABLE step (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    position int NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    instance text NOT NULL,
    options jsonb NOT NULL,
    after text[] NOT NULL,
    condition text,
    state text NOT NULL,
    due_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    attempts int NOT NULL DEFAULT 0,
    failures int NOT NULL DEFAULT 0,
    failing_since timestamptz,
    failure jsonb,
    receipt jsonb,
    changed_at timestamptz NOT NULL,
    UNIQUE (application_id, name)
  )`,
  "CREATE INDEX step_claimable ON step (instance, due_at, id) WHERE state IN ('due', 'retrying', 'inDoubt', 'awaiting') AND due_at IS NOT NULL",
  "CREATE INDEX step_leased ON step (lease_until) WHERE state = 'running'",
  "CREATE INDEX step_parked ON step (tenant, changed_at) WHERE state = 'parked'",
  `CREATE TABLE effect (
    step_id uuid NOT NULL REFERENCES step,
    name text NOT NULL,
    tenant text NOT NULL,
    state text NOT NULL,
    receipt jsonb,
    fence bigint NOT NULL,
    started_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (step_id, name)
  )`,
  `CREATE TABLE attempt (
    step_id uuid NOT NULL REFERENCES step,
    number int NOT NULL,
    tenant text NOT NULL,
    owner text NOT NULL,
    fence bigint NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text,
    failure jsonb,
    retry_at timestamptz,
    PRIMARY KEY (step_id, number)
  )`,
  `CREATE TABLE journal (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant text NOT NULL,
    application_id uuid,
    step_id uuid,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    event text NOT NULL,
    data jsonb NOT NULL
  )`,
  'CREATE INDEX journal_by_application ON journal (application_id, seq)',
  `CREATE TABLE message (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    type text NOT NULL,
    subject text NOT NULL,
    tenant text NOT NULL,
    envelope jsonb NOT NULL,
    available_at timestamptz NOT NULL,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    deliveries int NOT NULL DEFAULT 0
  ) WITH (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0)`,
  'CREATE INDEX message_by_subject ON message (subject, seq)',
  `CREATE TABLE dead_letter (
    id uuid PRIMARY KEY,
    type text NOT NULL,
    subject text NOT NULL,
    tenant text NOT NULL,
    envelope jsonb NOT NULL,
    reason text NOT NULL,
    deliveries int NOT NULL,
    died_at timestamptz NOT NULL
  )`,
  `CREATE TABLE instance_state (
    instance text PRIMARY KEY,
    paused boolean NOT NULL DEFAULT false,
    paused_reason text,
    paused_by text,
    breaker text NOT NULL DEFAULT 'closed',
    failures int NOT NULL DEFAULT 0,
    open_until timestamptz,
    probe_until timestamptz,
    last_failure jsonb,
    changed_at timestamptz NOT NULL
  )`,
  `CREATE TABLE pickup_item (
    id uuid PRIMARY KEY REFERENCES step,
    seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    tenant text NOT NULL,
    queue text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    state text NOT NULL,
    lease_id uuid,
    lease_until timestamptz,
    deliveries int NOT NULL DEFAULT 0,
    offered_at timestamptz NOT NULL,
    settled_at timestamptz,
    receipt jsonb
  )`,
  "CREATE INDEX pickup_open ON pickup_item (queue, seq) WHERE state IN ('offered', 'leased')",
  "CREATE INDEX pickup_collected ON pickup_item (queue, settled_at) WHERE state = 'acknowledged'",
  `CREATE TABLE payment (
    step_id uuid PRIMARY KEY REFERENCES step,
    tenant text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    instance text NOT NULL,
    request_id text NOT NULL UNIQUE,
    state text NOT NULL,
    demand jsonb NOT NULL,
    transaction_id text,
    pay_url text,
    kassenzeichen text,
    method text,
    requested_at timestamptz NOT NULL,
    paid_at timestamptz,
    changed_at timestamptz NOT NULL
  )`,
  'CREATE INDEX payment_by_application ON payment (application_id)',
  `CREATE TABLE decision (
    id uuid PRIMARY KEY,
    tenant text NOT NULL,
    application_id uuid NOT NULL REFERENCES application,
    idempotency_key text NOT NULL,
    document jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    UNIQUE (application_id, idempotency_key)
  )`,
  `CREATE TABLE console_session (
    token_hash text PRIMARY KEY,
    actor text NOT NULL,
    tenants text[],
    one_time boolean NOT NULL,
    expires_at timestamptz NOT NULL
  )`,
];
