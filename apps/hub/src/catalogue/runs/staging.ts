// SPDX-License-Identifier: EUPL-1.2
import { affected, arrayLiteral, copyBinaryInto, copyInto, copyLine, returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';

import { House } from '../../house/tokens.js';
import { Lexicon } from '../facts/lexicon.js';
import type { ServiceFacts } from '../facts/object-facts.js';
import type { Batch, StagedPart } from './batch.js';
import { numberTuple } from './content-tuple.js';
import { changesIn, type RefinedChange, type RefinedPut } from './refining.js';
import { type Run, RunCancelled, RunLost } from './run.js';
import { Vocabulary } from './vocabulary.js';

/** Numbers that one call of the sequence gives. */
const BLOCK = 1_000;

/** Name of the table a run reads into. Ids are numbers of the house. */
export function stageOf({ id }: Pick<Run, 'id'>): string {
  return `catalogue_stage_${id}`;
}

/** A put on its way. */
interface Prepared {
  readonly change: RefinedChange;
  readonly put: RefinedPut;
  /** Where its content is. */
  readonly contents: ArrayBuffer;
  readonly position: number;
  readonly documentNo: number;
  /** The number its content gets if it is new; used by nobody otherwise. */
  readonly contentId: number;
}

/**
 * Where a run keeps what it has read. Contents that the catalogue does not have yet go straight to where they will stay, with numbers that
 * nobody looks up; the stage itself only says which object gets which content. So every byte is written once, and applying moves numbers.
 * Stages are not logged: after a crash of the database they are empty, and the run reads again.
 */
@Injectable()
export class Staging {
  constructor(
    private readonly house: House,
    private readonly vocabulary: Vocabulary,
    private readonly lexicon: Lexicon,
  ) {}

  /** An empty stage, and a run that has read nothing. What was there before is gone. @throws RunLost */
  async begin(run: Run): Promise<void> {
    await this.house.database.transaction(async (sql) => {
      if ((await affected(sql, RESTART, [run.id, run.fence])) !== 1) throw new RunLost('the run was taken over');
      await sql.query('DELETE FROM catalogue_finding WHERE run_id = $1', [run.id]);
      await sql.query('DELETE FROM catalogue_document WHERE run_id = $1', [run.id]);
      await sql.query(`DROP TABLE IF EXISTS ${stageOf(run)}`);
      await sql.query(`CREATE UNLOGGED TABLE ${stageOf(run)} (position bigint NOT NULL, document_no int NOT NULL, is_put boolean NOT NULL,
        kind text COLLATE "C", agency text COLLATE "C", object_id text COLLATE "C", hash bytea, content_id bigint,
        valid tstzmultirange, digest bytea, remarks text)`);
    });
  }

  /** Whether everything that the run saved is there: a crash of the database empties stages. */
  async isIntact(run: Run): Promise<boolean> {
    const { database } = this.house;
    const [table] = await database.query<{ is: boolean }[]>('SELECT to_regclass($1) IS NOT NULL AS "is"', [stageOf(run)]);
    if (table?.is !== true) return false;
    const query = `SELECT (SELECT count(*) FROM ${stageOf(run)}) = staged AS "is" FROM catalogue_run WHERE id = $1`;
    const [count] = await database.query<{ is: boolean }[]>(query, [run.id]);
    return count?.is === true;
  }

  /** Takes back what was saved after the run's last cursor: it will be read again. @throws RunLost */
  async rewind(run: Run): Promise<void> {
    await this.house.database.transaction(async (sql) => {
      const gone = await returning<unknown>(sql, `DELETE FROM ${stageOf(run)} WHERE position > $1 RETURNING 1`, [run.cursorPosition]);
      await sql.query('DELETE FROM catalogue_finding WHERE run_id = $1 AND position > $2', [run.id, run.cursorPosition]);
      if ((await affected(sql, REWIND, [run.id, run.fence, gone.length])) !== 1) throw new RunLost('the run was taken over');
    });
  }

  /** Documents that the run has met so far. */
  async documentsOf(run: Run): Promise<{ name: string; no: number }[]> {
    return this.house.database.query<{ name: string; no: number }[]>(
      'SELECT name, no FROM catalogue_document WHERE run_id = $1 ORDER BY no',
      [run.id],
    );
  }

  /**
   * Saves a batch with its cursor in one transaction.
   * @param isFirstFill the source has no objects yet: nothing needs to be looked up.
   * @throws RunLost, RunCancelled; then nothing of the batch is saved.
   */
  async save(run: Run, batch: Batch, { isFirstFill, leaseMs }: { isFirstFill: boolean; leaseMs: number }): Promise<void> {
    const runner = this.house.database.createQueryRunner();
    try {
      await runner.startTransaction();
      // A stage does not survive a crash of the database anyway: its progress need not be on disk before the next batch.
      await runner.query('SET LOCAL synchronous_commit = off');
      const { blocks, puts, unpacked } = await prepared(runner, batch);
      const staged = unpacked.reduce((sum, { changes, recalled }) => sum + changes.length + recalled.length, 0);
      const forgotten = await withdraw(runner, run, batch.withdrawn);
      const known = isFirstFill ? NONE_KNOWN : await knownContents(runner, run, puts);
      const fresh = known.size === 0 ? puts : puts.filter(({ position }) => !known.has(position));
      await writeContents(runner, run, fresh);
      const services = servicesOf(fresh);
      await this.writeServices(runner, run, services);
      const words = await this.vocabulary.learn(runner, services);
      await copyInto(runner, `${stageOf(run)} (${STAGE_COLUMNS})`, stageLines(unpacked, puts, known));
      await writeReport(runner, run, batch);
      const until = new Date(this.house.clock.now().getTime() + leaseMs);
      await this.advance(runner, run, batch, { blocks, staged: staged - forgotten, written: fresh.length, until });
      await runner.commitTransaction();
      this.vocabulary.remember(words);
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      throw error;
    } finally {
      await runner.release();
      // Given back at once: the garbage collector counts them by their handles, and would leave hundreds of them until it needs those.
      for (const { refined } of batch.parts) refined?.contents.transfer(0);
    }
  }

  private async writeServices(
    runner: QueryRunner,
    { sourceNo }: Run,
    services: readonly (ServiceFacts & { contentId: number })[],
  ): Promise<void> {
    if (services.length === 0) return;
    for (const language of ['de', 'en'] as const)
      await this.lexicon.learn(
        runner,
        language,
        services.flatMap(({ words }) => words[language].flat()),
      );
    const lines = services.map(({ contentId, title, titleEn, leikaKeys, tags, editedAt, words }) =>
      copyLine([
        contentId,
        sourceNo,
        title,
        titleEn,
        arrayLiteral(leikaKeys),
        arrayLiteral(tags),
        editedAt,
        this.lexicon.titleVectorOf(words),
        this.lexicon.vectorOf(words),
      ]),
    );
    await copyInto(
      runner,
      'catalogue_service (content_id, source_no, title, title_en, leika_keys, tags, edited_at, title_words, words)',
      lines,
    );
  }

  private async advance(
    sql: QueryRunner,
    { id, fence }: Run,
    { mode, position, progress, resume, isLast }: Batch,
    { blocks, staged, written, until }: { blocks: readonly number[]; staged: number; written: number; until: Date },
  ): Promise<void> {
    const rows = await returning<{ cancelRequested: boolean }>(sql, ADVANCE, [
      id,
      fence,
      mode,
      position,
      JSON.stringify(progress),
      resume?.cursor ?? null,
      resume?.position ?? null,
      resume === undefined ? null : JSON.stringify(resume.progress),
      isLast,
      staged,
      `{${blocks.map((last) => `[${last - BLOCK + 1},${last + 1})`).join(',')}}`,
      until,
      written,
    ]);
    if (rows[0] === undefined) throw new RunLost('the run was taken over');
    if (rows[0].cancelRequested) throw new RunCancelled('the run was cancelled');
  }
}

/** @returns blocks for so many contents, by their last numbers. */
async function takeNumbers(sql: QueryRunner, count: number): Promise<number[]> {
  const rows = (await sql.query(NUMBERS, [Math.ceil(count / BLOCK)])) as { last: number }[];
  return rows.map(({ last }) => last);
}

function numberIn(blocks: readonly number[], index: number): number {
  return (blocks[Math.floor(index / BLOCK)] ?? 0) - BLOCK + 1 + (index % BLOCK);
}

/** A part whose changes have been unpacked. */
interface Unpacked extends Pick<StagedPart, 'position' | 'documentNo'> {
  readonly changes: readonly RefinedChange[];
  readonly recalled: readonly string[];
}

/** Unpacks a batch, and gives every put the number of its content. */
async function prepared(sql: QueryRunner, { parts }: Batch): Promise<{ blocks: number[]; puts: Prepared[]; unpacked: Unpacked[] }> {
  const unpacked: Unpacked[] = [];
  const puts: Omit<Prepared, 'contentId'>[] = [];
  for (const { position, documentNo, refined, recalled = [] } of parts) {
    const changes = refined === undefined ? [] : changesIn(refined);
    unpacked.push({ position, documentNo, changes, recalled });
    for (const [index, change] of changes.entries())
      if (refined !== undefined && change.put !== undefined)
        puts.push({ change, put: change.put, contents: refined.contents, position: position + index, documentNo });
  }
  const blocks = puts.length === 0 ? [] : await takeNumbers(sql, puts.length);
  return { blocks, unpacked, puts: puts.map((put, index) => ({ ...put, contentId: numberIn(blocks, index) })) };
}

/** Nothing of the source is stored yet. */
const NONE_KNOWN: ReadonlyMap<number, number> = new Map();

/** Puts of what the catalogue has already, although it was written otherwise. @returns position → number of the content. */
async function knownContents(sql: QueryRunner, run: Run, puts: readonly Prepared[]): Promise<ReadonlyMap<number, number>> {
  if (puts.length === 0) return NONE_KNOWN;
  // Some thousand keys against millions of rows: by the index, whatever the planner knows about a table that grows this fast.
  for (const way of ['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan']) await sql.query(`SET LOCAL ${way} = off`);
  const rows = (await sql.query(KNOWN, [
    run.sourceNo,
    arrayLiteral(puts.map(({ change }) => change.kind)),
    arrayLiteral(puts.map(({ change }) => change.agency)),
    arrayLiteral(puts.map(({ change }) => change.id)),
    arrayLiteral(puts.map(({ put }) => put.hash)),
    arrayLiteral(puts.map(({ position }) => position)),
  ])) as { position: number; contentId: number }[];
  return new Map(rows.map(({ position, contentId }) => [position, contentId]));
}

async function writeContents(runner: QueryRunner, run: Run, fresh: readonly Prepared[]): Promise<void> {
  if (fresh.length === 0) return;
  await copyBinaryInto(runner, 'catalogue_content (id, document)', contentTuples(fresh));
  await copyInto(runner, COMPETENCE_COLUMNS, competenceLines(run, fresh));
}

function servicesOf(fresh: readonly Prepared[]): (ServiceFacts & { contentId: number })[] {
  return fresh.flatMap(({ put: { service }, contentId }) => (service === undefined ? [] : [{ contentId, ...service }]));
}

/** Contents with their numbers; those that follow each other in one piece. */
function* contentTuples(fresh: readonly Prepared[]): Generator<Uint8Array> {
  for (let index = 0; index < fresh.length;) {
    const first = fresh[index];
    if (first === undefined) return;
    const { contents } = first;
    const view = new DataView(contents);
    let to = first.put.from;
    for (let next: Prepared | undefined = first; next?.contents === contents && next.put.from === to; next = fresh[(index += 1)]) {
      numberTuple(view, to, next.contentId);
      ({ to } = next.put);
    }
    yield new Uint8Array(contents, first.put.from, to - first.put.from);
  }
}

function* competenceLines({ sourceNo }: Run, fresh: readonly Prepared[]): Generator<string> {
  for (const { contentId, put } of fresh)
    for (const fact of put.competences) {
      const { subjectKind, subjectAgency, subjectId, serviceAgency, serviceId, area, role, valid } = fact;
      yield copyLine([contentId, sourceNo, subjectKind, subjectAgency, subjectId, serviceAgency, serviceId, area, role, valid]);
    }
}

/** @returns how many staged changes were forgotten. */
async function withdraw(sql: QueryRunner, run: Run, documents: readonly number[]): Promise<number> {
  if (documents.length === 0) return 0;
  const query = `DELETE FROM ${stageOf(run)} WHERE document_no = ANY($1) RETURNING 1`;
  return (await returning<unknown>(sql, query, [documents])).length;
}

/** Everything that was read, in its order: puts with their contents, removals, and what is as it was. */
function* stageLines(parts: readonly Unpacked[], puts: readonly Prepared[], known: ReadonlyMap<number, number>): Generator<string> {
  let next = 0;
  for (const { position: first, documentNo, changes, recalled } of parts) {
    for (const [index, digest] of recalled.entries())
      yield copyLine([first + index, documentNo, true, null, null, null, null, null, null, `\\x${digest}`, null]);
    for (const [index, { kind, agency, id, put }] of changes.entries()) {
      const position = first + index;
      if (put === undefined) {
        yield copyLine([position, documentNo, false, kind, agency, id, null, null, null, null, null]);
        continue;
      }
      const contentId = known.get(position) ?? puts[next]?.contentId ?? null;
      next += 1;
      const { hash, valid, mark } = put;
      const seen = mark === undefined ? null : `\\x${mark.digest}`;
      yield copyLine([position, documentNo, true, kind, agency, id, `\\x${hash}`, contentId, valid, seen, mark?.remarks ?? null]);
    }
  }
}

async function writeReport(runner: QueryRunner, run: Run, { documents, findings }: Batch): Promise<void> {
  const met = documents.map(({ no, document: { name, messageId, createdAt, sender } }) =>
    copyLine([run.id, no, name, messageId ?? null, createdAt ?? null, sender ?? null]),
  );
  if (met.length > 0) await copyInto(runner, 'catalogue_document (run_id, no, name, message_id, created_at, sender)', met);
  const found = findings.map(({ position, finding }) => {
    const { severity, code, message, document, line = null, kind = null, key } = finding;
    return copyLine([run.id, position, severity, code, message, document, line, kind, key?.schemeAgencyId ?? null, key?.id ?? null]);
  });
  if (found.length > 0) await copyInto(runner, `catalogue_finding (${FINDING_COLUMNS})`, found);
}

const STAGE_COLUMNS = 'position, document_no, is_put, kind, agency, object_id, hash, content_id, valid, digest, remarks';
const FINDING_COLUMNS = 'run_id, position, severity, code, message, document, line, kind, agency, object_id';
const COMPETENCE_COLUMNS =
  'catalogue_competence (content_id, source_no, subject_kind, subject_agency, subject_id, service_agency, service_id, area, role, valid)';

const NUMBERS = "SELECT nextval('catalogue_content_block')::float8 AS last FROM generate_series(1, $1)";

const KNOWN = `
  SELECT k.position::float8 AS position, o.content_id::float8 AS "contentId"
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[]) AS k(kind, agency, object_id, hash, position)
  JOIN catalogue_object o ON o.object_id = k.object_id AND o.agency = k.agency AND o.kind = k.kind AND o.source_no = $1 AND o.to_version IS NULL
  WHERE o.hash = decode(k.hash, 'hex')`;

const ADVANCE = `
  UPDATE catalogue_run SET mode = $3, position = $4, progress = $5, cursor = coalesce($6, cursor), cursor_position = coalesce($7, cursor_position),
    progress_base = coalesce($8, progress_base), is_complete = $9, staged = staged + $10, contents = contents + $11::int8multirange, lease_until = $12,
    written = written + $13, state = CASE WHEN $9 THEN 'comparing' ELSE state END
  WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL AND state = 'reading'
  RETURNING cancel_requested AS "cancelRequested"`;

const RESTART = `
  UPDATE catalogue_run SET mode = NULL, position = 0, staged = 0, cursor = NULL, cursor_position = 0, progress = NULL, progress_base = NULL,
    is_complete = false
  WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL`;

const REWIND = `
  UPDATE catalogue_run SET position = cursor_position, staged = staged - $3, progress = progress_base WHERE id = $1 AND fence = $2 AND lease_owner IS NOT NULL`;
