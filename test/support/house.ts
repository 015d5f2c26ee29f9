// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Adapter, ApplicationDraft } from '@amtsbote/adapter-kit';
import { aForm, anApplication, aPaymentDemand } from '@amtsbote/adapter-kit/testing';
import { Waker } from '@amtsbote/bus';
import type { Randomness } from '@amtsbote/canonical';
import { Log, ManualClock, seededRandomness, uuidV7 } from '@amtsbote/platform';
import { FileBlobStore, openDatabase, type StepRow } from '@amtsbote/store';
import type { DataSource } from 'typeorm';
import type { z } from 'zod';

import { AnswerTakers } from '../../apps/hub/src/answers/answer-takers.js';
import { Outboxes } from '../../apps/hub/src/answers/outboxes.js';
import { CaseRelations } from '../../apps/hub/src/cases/case-relations.js';
import { Prefills } from '../../apps/hub/src/cases/prefills.js';
import { CatalogueAtSubmission } from '../../apps/hub/src/catalogue/read/at-submission.js';
import { Competences } from '../../apps/hub/src/catalogue/read/competence.js';
import { Views } from '../../apps/hub/src/catalogue/read/views.js';
import { HubConfig } from '../../apps/hub/src/config/hub-config.js';
import type { LoadedConfig } from '../../apps/hub/src/config/load-hub-config.js';
import { Claims } from '../../apps/hub/src/delivery/claims.js';
import { Gates } from '../../apps/hub/src/delivery/gates.js';
import { CollectWorker } from '../../apps/hub/src/delivery/kinds/collect.worker.js';
import { ExportWorker } from '../../apps/hub/src/delivery/kinds/export.worker.js';
import { FilingWorker } from '../../apps/hub/src/delivery/kinds/filing.worker.js';
import { JoinedApplications } from '../../apps/hub/src/delivery/kinds/joined.js';
import { Materials } from '../../apps/hub/src/delivery/kinds/material.js';
import { PaymentWorker } from '../../apps/hub/src/delivery/kinds/payment.worker.js';
import { StatusWorker } from '../../apps/hub/src/delivery/kinds/status.worker.js';
import { LaufzettelProgress } from '../../apps/hub/src/delivery/progress.js';
import { AttemptRecords } from '../../apps/hub/src/delivery/records.js';
import { Runner } from '../../apps/hub/src/delivery/runner.js';
import { StepWorkers } from '../../apps/hub/src/delivery/step-workers.js';
import { Sweeper } from '../../apps/hub/src/delivery/sweeper.js';
import { Instances } from '../../apps/hub/src/house/instances.js';
import type { House } from '../../apps/hub/src/house/tokens.js';
import { UnitOfWork } from '../../apps/hub/src/house/unit-of-work.js';
import { FormCoverage } from '../../apps/hub/src/intake/coverage/form-coverage.js';
import { IntakeEndpoints } from '../../apps/hub/src/intake/endpoints.js';
import { type IntakeEndpoint, IntakeService } from '../../apps/hub/src/intake/intake.service.js';
import { IntakePressure } from '../../apps/hub/src/intake/pressure/intake-pressure.js';
import { HeldSubmissions } from '../../apps/hub/src/intake/pull/held-submissions.js';
import { PullRound } from '../../apps/hub/src/intake/pull/pull-round.js';
import { PullSources } from '../../apps/hub/src/intake/pull/pull-sources.js';
import { PullWorker } from '../../apps/hub/src/intake/pull/pull-worker.js';
import { Reconciliation } from '../../apps/hub/src/intake/pull/reconciliation.js';
import { SubmissionTakers } from '../../apps/hub/src/intake/pull/submission-takers.js';
import { TakeOver } from '../../apps/hub/src/intake/pull/take-over.js';
import { DataSchemas } from '../../apps/hub/src/intake/schemas/data-schemas.js';
import { ParallelRuns } from '../../apps/hub/src/parallel/parallel-runs.js';
import { Decisions } from '../../apps/hub/src/pickup/decisions.js';
import { PickupQueue, type QueueAccess } from '../../apps/hub/src/pickup/pickup-queue.js';
import { Receipts } from '../../apps/hub/src/pickup/receipts.js';
import { Routes } from '../../apps/hub/src/routing/routes.js';
import { StatusKeeper } from '../../apps/hub/src/status/status-keeper.js';
import { createMigratedDatabase } from './database.js';
import { FakeTargets } from './fake-adapters.js';

export const TENANT = '057110000000';

/** Form id of a draft → what happens to it, see {@link config}. */
export type TestRoute = 'filed' | 'paid' | 'collected' | 'everything';

/** The parts of one hub process, put together as Nest does it. */
export interface Process {
  readonly house: House;
  readonly instances: Instances;
  readonly claims: Claims;
  readonly gates: Gates;
  readonly runner: Runner;
  readonly sweeper: Sweeper;
  readonly records: AttemptRecords;
  readonly unitOfWork: UnitOfWork;
  readonly status: StatusKeeper;
  readonly laufzettel: LaufzettelProgress;
  readonly intake: IntakeService;
  readonly coverage: FormCoverage;
  readonly pickup: PickupQueue;
  readonly pull: Pull;
}

/** What asks sources for submissions. */
export interface Pull {
  readonly sources: PullSources;
  readonly held: HeldSubmissions;
  readonly worker: PullWorker;
}

/** A house on a database of its own, whose time and randomness belong to the test. */
export interface TestHouse extends Process {
  readonly clock: ManualClock;
  readonly targets: FakeTargets;
  readonly endpoint: IntakeEndpoint;
  readonly queue: QueueAccess;
  /** Another process on the same database, with connections and memory of its own. */
  startProcess(name: string): Promise<Process>;
  /** Takes a submission as the intake does. @returns the application's id. */
  submit(draft?: Partial<ApplicationDraft>): Promise<string>;
  /** The Laufzettel of an application, by the names of its steps. */
  steps(applicationId: string): Promise<Record<string, StepRow>>;
  query<Row>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

/** What a test may change. */
export interface HouseWishes {
  readonly config?: Partial<z.input<typeof HubConfig>>;
  readonly randomness?: Randomness;
  /** More adapter instances, by name; `config.instances` has to list them too. */
  readonly adapters?: Readonly<Record<string, Adapter>>;
  /** More endpoints, by name, with their adapters' options; `config.endpoints` has to list them too. */
  readonly endpoints?: Readonly<Record<string, { readonly adapter: Adapter; readonly options: unknown }>>;
}

/** Starts one process of a hub without HTTP, bus and sweeper: the test does what they would do, when it wants. */
export async function startHouse(wishes: HouseWishes = {}): Promise<TestHouse> {
  const database = await createMigratedDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'amtsbote-house-'));
  const clock = new ManualClock();
  const targets = new FakeTargets();
  const loaded = loadedConfig(database.url, directory, targets, wishes);
  const houses: House[] = [];
  const start = async (name: string, randomness: Randomness): Promise<Process> => {
    const house: House = {
      loaded,
      clock,
      randomness,
      ids: uuidV7(clock, randomness),
      processId: name,
      log: Log.create('silent'),
      database: await openDatabase(loaded.config.database),
      blobs: new FileBlobStore(directory, clock),
    };
    houses.push(house);
    return processOf(house);
  };
  const first = await start('first', wishes.randomness ?? seededRandomness(1));
  const config = loaded.config.endpoints['gewerbe'];
  if (config === undefined) throw new Error('the endpoint of tests is missing');
  const endpoint: IntakeEndpoint = { name: 'gewerbe', type: 'forms-fake', config, port: targets.forms };
  const query = <Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> => first.house.database.query<Row[]>(sql, parameters);
  return {
    ...first,
    clock,
    targets,
    endpoint,
    queue: { queue: 'register', tenant: TENANT, leaseMs: 60_000, actor: 'queue:register/office' },
    startProcess: (name) => start(name, seededRandomness(houses.length + 1)),
    submit: async (draft = {}) => (await submitTo(first, endpoint, targets, aDraft(draft))).id,
    steps: async (applicationId) => {
      const rows = await query<StepRow>(STEPS, [applicationId]);
      return Object.fromEntries(rows.map((row) => [row.name, row]));
    },
    query,
    close: async () => {
      for (const house of houses) await house.database.destroy();
      await database.drop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Puts a submission through the intake of a process. */
export async function submitTo(
  process: Pick<Process, 'intake' | 'house'>,
  endpoint: IntakeEndpoint,
  targets: FakeTargets,
  draft: ApplicationDraft,
): Promise<{ id: string; fresh: boolean; reference: string }> {
  targets.forms.draft = draft;
  const request = { method: 'POST', headers: {}, query: {}, body: Buffer.from(draft.submissionId), receivedAt: process.house.clock.now() };
  return process.intake.accept(endpoint, { request, data: [], files: [] });
}

let submissions = 0;

/** A translated submission with an id of its own; `formId` chooses the route. */
export function aDraft(overrides: Partial<ApplicationDraft> = {}): ApplicationDraft {
  submissions += 1;
  return {
    submissionId: `submission-${submissions}`,
    test: false,
    formId: 'filed' satisfies TestRoute,
    serviceName: 'Gewerbeanmeldung',
    leikaKeys: ['99050012104000'],
    applicant: anApplication().applicant,
    form: aForm(),
    attachments: [],
    places: [],
    consents: [],
    deadlines: [],
    relations: [],
    payment: aPaymentDemand(),
    unmapped: [],
    ...overrides,
  };
}

/** The same house on another connection: for tests that let the store fail or count what it is asked. */
export function withDatabase({ loaded, clock, randomness, ids, log, blobs, processId }: House, database: DataSource): House {
  return { loaded, clock, randomness, ids, log, blobs, processId, database };
}

/** What the catalogue says of applications that come in. */
export function atSubmission(house: House): CatalogueAtSubmission {
  return new CatalogueAtSubmission(new Views(house), new Competences(house));
}

/** The parts of a process that lives in this house. */
export function processOf(house: House): Process {
  const instances = new Instances(house);
  const status = new StatusKeeper();
  const laufzettel = new LaufzettelProgress(status);
  const waker = new Waker(house.database);
  const unitOfWork = new UnitOfWork(house, waker);
  const claims = new Claims(house);
  const gates = new Gates(house, instances);
  const routes = new Routes(house);
  const materials = new Materials(house);
  const workers = new StepWorkers(
    new CollectWorker(house),
    new PaymentWorker(house, instances),
    new FilingWorker(house, instances, materials, new JoinedApplications(house)),
    new ExportWorker(instances, materials),
    new StatusWorker(house, instances),
  );
  const coverage = new FormCoverage(house);
  const records = new AttemptRecords(house, unitOfWork, laufzettel);
  const intake = new IntakeService(
    house,
    routes,
    waker,
    atSubmission(house),
    new ParallelRuns(house),
    new CaseRelations(house, new Prefills(house, new IntakeEndpoints(house))),
    coverage,
    new DataSchemas(house),
  );
  const runner = new Runner(house, instances, claims, gates, workers, records);
  return {
    house,
    instances,
    claims,
    gates,
    records,
    unitOfWork,
    status,
    laufzettel,
    runner,
    sweeper: new Sweeper(house, claims, gates, runner, workers),
    intake,
    coverage,
    pull: pullOf(
      house,
      intake,
      gates,
      instances,
      new AnswerTakers(house, unitOfWork, status, new Decisions(house, unitOfWork, status, laufzettel)),
    ),
    pickup: new PickupQueue(house, unitOfWork, status, laufzettel, new Receipts(house)),
  };
}

function pullOf(house: House, intake: IntakeService, gates: Gates, instances: Instances, answers: AnswerTakers): Pull {
  const endpoints = new IntakeEndpoints(house);
  const sources = new PullSources(house, endpoints, new Outboxes(house, instances));
  const held = new HeldSubmissions(house);
  const takeOver = new TakeOver(house, new IntakePressure(house), held, new SubmissionTakers(endpoints, intake), answers);
  const round = new PullRound(house, sources, held, takeOver, new Reconciliation(house, held, takeOver), gates);
  return { sources, held, worker: new PullWorker(house, sources, held, round, gates) };
}

function loadedConfig(
  url: string,
  directory: string,
  targets: FakeTargets,
  { config: more = {}, adapters: others = {}, endpoints = {} }: HouseWishes,
): LoadedConfig {
  const adapters = targets.adapters();
  const instances = { ...CONFIG.instances, ...more.instances };
  const allEndpoints = { ...CONFIG.endpoints, ...more.endpoints };
  const config = HubConfig.parse({
    ...CONFIG,
    database: { url, connectionsMax: 10 },
    blobs: { directory },
    ...more,
    instances,
    endpoints: allEndpoints,
  });
  const loaded = (adapter: Adapter): { adapter: Adapter; options: unknown } => ({ adapter, options: {} });
  return {
    config,
    source: { file: 'test', lineOf: () => undefined },
    instances: new Map([
      ['eakte', loaded(adapters.dms)],
      ['epayment', loaded(adapters.payment)],
      ['portal', loaded(adapters.portal)],
      ...Object.entries(others).map(([name, adapter]) => [name, loaded(adapter)] as const),
    ]),
    endpoints: new Map([
      ['gewerbe', loaded(adapters.forms)],
      ...Object.entries(endpoints).map(
        ([name, { adapter, options }]) => [name, { adapter, options: adapter.options.parse(options) }] as const,
      ),
    ]),
  };
}

const INSTANCE = {
  concurrency: 4,
  attemptMs: 10_000,
  leaseMs: 20_000,
  retry: { firstMs: 1_000, maxMs: 60_000 },
  breaker: { failures: 3, openMs: 10_000, openMaxMs: 60_000 },
};

const CONFIG: z.input<typeof HubConfig> = {
  publicUrl: 'https://hub.example.org',
  database: { url: '' },
  blobs: { directory: '' },
  receiptSecret: 'a secret of the tests, 32 characters',
  tenants: { [TENANT]: { name: 'Stadt Musterstadt' } },
  instances: {
    eakte: { ...INSTANCE, adapter: 'dms-fake' },
    epayment: { ...INSTANCE, adapter: 'payment-fake' },
    portal: { ...INSTANCE, adapter: 'status-fake' },
  },
  endpoints: { gewerbe: { adapter: 'forms-fake', tenant: TENANT, linkOrigins: ['https://files.example.org'] } },
  queues: { register: { tenant: TENANT, credentials: [{ name: 'office', token: 'token-of-the-office' }] } },
  routes: [
    {
      name: 'filed',
      match: { formIds: ['filed'] },
      completesBy: 'steps',
      steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }],
    },
    { name: 'paid', match: { formIds: ['paid'] }, completesBy: 'steps', steps: [{ name: 'fee', kind: 'payment', instance: 'epayment' }] },
    { name: 'collected', match: { formIds: ['collected'] }, steps: [{ name: 'hand-over', kind: 'pickup', queue: 'register' }] },
    {
      name: 'everything',
      match: { formIds: ['everything'] },
      reportTo: 'portal',
      steps: [
        { name: 'fee', kind: 'payment', instance: 'epayment', when: 'amountCents > 0' },
        { name: 'file', kind: 'filing', instance: 'eakte', after: ['fee'] },
        { name: 'hand-over', kind: 'pickup', queue: 'register', after: ['file'] },
      ],
    },
  ],
};

const STEPS = `
  SELECT id, tenant, application_id AS "applicationId", position, name, kind, instance, options, after, condition, state, due_at AS "dueAt",
    lease_owner AS "leaseOwner", lease_until AS "leaseUntil", fence, attempts, failures, unexpected, failing_since AS "failingSince", failure, receipt,
    changed_at AS "changedAt"
  FROM step WHERE application_id = $1`;
