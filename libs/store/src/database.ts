// SPDX-License-Identifier: EUPL-1.2
import { DataSource, type DataSourceOptions, type EntityManager } from 'typeorm';

import { databaseProblem, versionProblem } from './database-problem.js';
import { ApplicationRow } from './entities/application.entity.js';
import { AttachmentRow } from './entities/attachment.entity.js';
import { AttemptRow } from './entities/attempt.entity.js';
import { DeadLetterRow } from './entities/dead-letter.entity.js';
import { DecisionRow } from './entities/decision.entity.js';
import { EffectRow } from './entities/effect.entity.js';
import { InstanceStateRow } from './entities/instance-state.entity.js';
import { JournalRow } from './entities/journal.entity.js';
import { PaymentRow } from './entities/payment.entity.js';
import { PickupItemRow } from './entities/pickup-item.entity.js';
import { StepRow } from './entities/step.entity.js';
import { TheHouse1700000000001 } from './migrations/1700000000001-the-house.js';
import { DecisionFingerprint1700000000002 } from './migrations/1700000000002-decision-fingerprint.js';
import { CountedApplications1700000000003 } from './migrations/1700000000003-counted-applications.js';
import { UnexpectedFailures1700000000004 } from './migrations/1700000000004-unexpected-failures.js';
import { TheCatalogue1700000000005 } from './migrations/1700000000005-the-catalogue.js';
import { CatalogueHistory1700000000006 } from './migrations/1700000000006-catalogue-history.js';
import { FairnessAndRedrives1700000000008 } from './migrations/1700000000008-fairness-and-redrives.js';
import { PulledSubmissions1700000000012 } from './migrations/1700000000012-pulled-submissions.js';
import { ComparedBooks1700000000013 } from './migrations/1700000000013-compared-books.js';
import { ParallelRuns1700000000020 } from './migrations/1700000000020-parallel-runs.js';
import { Prefills1700000000021 } from './migrations/1700000000021-prefills.js';
import { FormVersions1700000000030 } from './migrations/1700000000030-form-versions.js';
import { AnswersOfTheDms1700000000035 } from './migrations/1700000000035-answers-of-the-dms.js';
import { CatalogueMarks1700000000040 } from './migrations/1700000000040-catalogue-marks.js';
import { LeanerWrites1700000000050 } from './migrations/1700000000050-leaner-writes.js';
import { PreparingClient } from './prepared.js';

/** Where the store is and how many connections a process may hold. */
export interface DatabaseSettings {
  readonly url: string;
  readonly connectionsMax: number;
  /** Longest statement, in milliseconds. */
  readonly statementMs: number;
}

/** A server that has not even said within this time after its own limit that a statement took too long, in milliseconds, is not there. */
const ANSWER_GRACE_MS_MAX = 5_000;
/** So long an idle connection is trusted before the network is asked about it. */
const KEEP_ALIVE_MS = 10_000;

/** TypeORM options of the store; the schema is made by migrations only, never synchronised. */
export function databaseOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    entities: [
      ApplicationRow,
      AttachmentRow,
      AttemptRow,
      DeadLetterRow,
      DecisionRow,
      EffectRow,
      InstanceStateRow,
      JournalRow,
      PaymentRow,
      PickupItemRow,
      StepRow,
    ],
    migrations: [
      TheHouse1700000000001,
      DecisionFingerprint1700000000002,
      CountedApplications1700000000003,
      UnexpectedFailures1700000000004,
      TheCatalogue1700000000005,
      CatalogueHistory1700000000006,
      FairnessAndRedrives1700000000008,
      PulledSubmissions1700000000012,
      ComparedBooks1700000000013,
      ParallelRuns1700000000020,
      Prefills1700000000021,
      FormVersions1700000000030,
      AnswersOfTheDms1700000000035,
      CatalogueMarks1700000000040,
      LeanerWrites1700000000050,
    ],
    migrationsTableName: 'schema_migration',
    migrationsTransactionMode: 'all',
    synchronize: false,
    logging: false,
    applicationName: 'amtsbote',
    poolSize: settings.connectionsMax,
    connectTimeoutMS: 10_000,
    extra: {
      Client: PreparingClient,
      statement_timeout: settings.statementMs,
      answerMs: settings.statementMs + Math.min(settings.statementMs, ANSWER_GRACE_MS_MAX),
      idle_in_transaction_session_timeout: 60_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    },
  };
}

/** Key of the advisory lock that lets one of several starting processes migrate. */
const MIGRATION_LOCK = 7_238_401;

/** Brings the schema up to date; several processes may start at once. */
export async function migrate(database: DataSource): Promise<void> {
  const runner = database.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await database.runMigrations({ transaction: 'all' });
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/**
 * Opens the store and brings its schema up to date.
 * @throws DatabaseProblem when server, address or rights are not as they have to be.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<DataSource> {
  try {
    return await open(settings);
  } catch (error) {
    throw databaseProblem(error, settings.url) ?? error;
  }
}

async function open(settings: DatabaseSettings): Promise<DataSource> {
  const database = new DataSource(databaseOptions(settings));
  await database.initialize();
  try {
    const [version] = await database.query<{ number: number }[]>("SELECT current_setting('server_version_num')::int AS number");
    const problem = versionProblem(version?.number ?? 0, settings.url);
    if (problem !== undefined) throw problem;
    await migrate(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return database;
}

/** The connection of a running transaction. */
export type Transaction = EntityManager;
