// SPDX-License-Identifier: EUPL-1.2
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The service catalogue. What an object said is written once (`catalogue_content`, with what is looked up in it beside it) and never
 * changed; when it was said is in `catalogue_object`: from which version of the catalogue until which. A version is what one run made; the
 * whole catalogue has one current version, and moving it on is what readers see as the switch.
 *
 * Rows carry their source instead of a tenant: a source serves the tenants that the configuration names, and every query starts from the
 * sources that the asking tenants may see (law 11). No foreign keys between contents and objects: they would cost a look-up per row, eight
 * million times.
 */
export class TheCatalogue1700000000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await queryRunner.query(statement);
  }
  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of TABLES) await queryRunner.query(`DROP TABLE ${table}`);
    await queryRunner.query('DROP SEQUENCE catalogue_content_block');
  }
}

const TABLES = [
  'catalogue_word',
  'catalogue_competence',
  'catalogue_service',
  'catalogue_object',
  'catalogue_content',
  'catalogue_version',
  'catalogue_head',
  'catalogue_finding',
  'catalogue_document',
  'catalogue_run',
  'catalogue_source',
];

const STATEMENTS = [
  // Trusted since PostgreSQL 13: whoever may create tables in the database may create it. Ships with PostgreSQL (package "contrib").
  'CREATE EXTENSION IF NOT EXISTS pg_trgm',
  `CREATE TABLE catalogue_source (
    no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    cursor text,
    due_at timestamptz,
    paused_reason text
  )`,
  `CREATE TABLE catalogue_run (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    source_no int NOT NULL,
    kind text NOT NULL,
    is_dry_run boolean NOT NULL,
    is_full boolean NOT NULL,
    mode text,
    state text NOT NULL,
    actor text NOT NULL,
    upload jsonb,
    target_version int,
    start_cursor text,
    cursor text,
    cursor_position bigint NOT NULL DEFAULT 0,
    position bigint NOT NULL DEFAULT 0,
    staged bigint NOT NULL DEFAULT 0,
    written bigint NOT NULL DEFAULT 0,
    is_complete boolean NOT NULL DEFAULT false,
    progress jsonb,
    progress_base jsonb,
    contents int8multirange NOT NULL DEFAULT '{}',
    counts jsonb,
    impact jsonb,
    hold jsonb,
    approved_by text,
    failure jsonb,
    base_version int,
    version int,
    cancel_requested boolean NOT NULL DEFAULT false,
    lease_owner text,
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    failures int NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    requested_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
  )`,
  'CREATE INDEX catalogue_run_by_source ON catalogue_run (source, id)',
  // One run per source at a time, whoever tries.
  "CREATE UNIQUE INDEX catalogue_run_active ON catalogue_run (source) WHERE state IN ('reading', 'comparing', 'held', 'applying')",
  "CREATE INDEX catalogue_run_unclean ON catalogue_run (id) WHERE contents <> '{}'",
  "CREATE INDEX catalogue_run_open ON catalogue_run (id) WHERE state IN ('requested', 'reading', 'comparing', 'applying')",
  `CREATE TABLE catalogue_document (
    run_id int NOT NULL,
    no int NOT NULL,
    name text NOT NULL,
    message_id text,
    created_at text,
    sender text,
    PRIMARY KEY (run_id, no)
  )`,
  `CREATE TABLE catalogue_finding (
    run_id int NOT NULL,
    no bigint GENERATED ALWAYS AS IDENTITY,
    position bigint NOT NULL,
    severity text NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    document text NOT NULL,
    line int,
    kind text,
    agency text,
    object_id text,
    PRIMARY KEY (run_id, no)
  )`,
  'CREATE TABLE catalogue_head (is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only), version int NOT NULL)',
  'INSERT INTO catalogue_head (version) VALUES (0)',
  `CREATE TABLE catalogue_version (
    version int PRIMARY KEY,
    run_id int NOT NULL,
    source_no int NOT NULL,
    source_cursor text,
    applied_at timestamptz NOT NULL
  )`,
  // Contents get their numbers in blocks: a process takes one and counts on by itself.
  'CREATE SEQUENCE catalogue_content_block INCREMENT BY 1000 MINVALUE 1000 START WITH 1000',
  `CREATE TABLE catalogue_content (
    id bigint PRIMARY KEY,
    document text NOT NULL
  )`,
  `CREATE TABLE catalogue_object (
    source_no int NOT NULL,
    kind text COLLATE "C" NOT NULL,
    agency text COLLATE "C" NOT NULL,
    object_id text COLLATE "C" NOT NULL,
    from_version int NOT NULL,
    to_version int,
    content_id bigint NOT NULL,
    document_no int NOT NULL,
    hash bytea NOT NULL,
    valid tstzmultirange,
    PRIMARY KEY (kind, object_id, agency, source_no, from_version)
  )`,
  'CREATE INDEX catalogue_object_by_content ON catalogue_object (content_id)',
  // Versions are written one after the other.
  'CREATE INDEX catalogue_object_by_start ON catalogue_object USING brin (from_version)',
  'CREATE INDEX catalogue_object_by_end ON catalogue_object (to_version, source_no) WHERE to_version IS NOT NULL',
  `CREATE TABLE catalogue_service (
    content_id bigint PRIMARY KEY,
    source_no int NOT NULL,
    title text,
    title_en text,
    leika_keys text[] NOT NULL,
    tags text[] NOT NULL,
    edited_at timestamptz,
    title_words tsvector NOT NULL,
    words tsvector NOT NULL
  )`,
  // To compress the words takes longer than to read them.
  'ALTER TABLE catalogue_service ALTER COLUMN words SET STORAGE EXTERNAL',
  'CREATE INDEX catalogue_service_by_words ON catalogue_service USING gin (words) WITH (gin_pending_list_limit = 16384)',
  'CREATE INDEX catalogue_service_by_title ON catalogue_service USING gin (title_words)',
  // What a list is narrowed by: `l:` LeiKa key, `a:` area, `c:` category.
  'CREATE INDEX catalogue_service_by_tag ON catalogue_service USING gin (tags)',
  `CREATE TABLE catalogue_competence (
    content_id bigint NOT NULL,
    source_no int NOT NULL,
    subject_kind text COLLATE "C",
    subject_agency text COLLATE "C" NOT NULL,
    subject_id text COLLATE "C" NOT NULL,
    service_agency text COLLATE "C" NOT NULL,
    service_id text COLLATE "C" NOT NULL,
    area text COLLATE "C" NOT NULL,
    role text,
    valid tstzmultirange
  )`,
  'CREATE INDEX catalogue_competence_by_service ON catalogue_competence (service_id, service_agency, area)',
  // Contents are numbered as they are written: a few kilobytes of index for millions of rows.
  'CREATE INDEX catalogue_competence_by_content ON catalogue_competence USING brin (content_id)',
  'CREATE TABLE catalogue_word (word text PRIMARY KEY)',
  'CREATE INDEX catalogue_word_by_trigram ON catalogue_word USING gin (word gin_trgm_ops)',
];
