// SPDX-License-Identifier: EUPL-1.2
import { expression, jsonPointer, secret } from '@amtsbote/adapter-kit';
import { AttachmentPurpose, ConfigName, LeikaKey, Tenant } from '@amtsbote/canonical';
import { z } from 'zod';

import { Answers, ReadBack } from './dms-config.js';
import { count, DAY, MEBIBYTE, MINUTE, ms } from './numbers.js';

/** Which part of the pipeline a process runs; `all` for a town on one machine. */
export const Role = z.enum(['intake', 'worker', 'ops', 'all']);
export type Role = z.infer<typeof Role>;

/** A port; as text when it comes from the environment. 0 = a free one. */
const Port = z.union([
  z.int().min(0).max(65_535),
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number),
]);

const token = secret().min(16, 'a token of at least 16 characters');
const Credential = z.strictObject({ name: ConfigName, token });

/** When a failed step is tried again and when a person gets it. */
export const RetryPolicy = z.strictObject({
  firstMs: ms(5_000, 10, DAY).describe('Pause before the second attempt.'),
  maxMs: ms(15 * MINUTE, 10, DAY).describe('Longest pause; pauses double up to it, with jitter.'),
  giveUpAfterMs: ms(14 * DAY, MINUTE, 365 * DAY).describe('An unavailable target for so long: the step is parked.'),
  unexpectedMax: count(3, 1, 20).describe('Attempts that may fail unexpectedly before the step is parked.'),
});
export type RetryPolicy = z.infer<typeof RetryPolicy>;

const Breaker = z.strictObject({
  failures: count(5, 1, 1_000).describe('Failures in a row that open the circuit.'),
  openMs: ms(30_000, 10, DAY).describe('First pause while open; doubles up to openMaxMs.'),
  openMaxMs: ms(5 * MINUTE, 10, DAY),
});
export type BreakerPolicy = z.infer<typeof Breaker>;

const Rate = z.strictObject({
  perMinute: z.int().min(1).max(60_000).describe('Attempts that may start within a minute, over all processes.'),
  burst: count(1, 1, 10_000).describe('How many may start at once after a pause; 1 = always evenly.'),
});

const Instance = z.strictObject({
  adapter: z.string().describe('Type of the adapter: the name of its folder.'),
  concurrency: count(4, 1, 100).describe('Attempts at the same time, per process.'),
  rate: Rate.optional().describe('What the target allows the whole hub; absent: as many as come.'),
  attemptMs: ms(MINUTE, 100, 60 * MINUTE).describe('Longest attempt.'),
  leaseMs: ms(2 * MINUTE, 200, 2 * 60 * MINUTE).describe('Lease of a claimed step; longer than attemptMs and database.statementMs.'),
  retry: RetryPolicy.prefault({}),
  breaker: Breaker.prefault({}),
  readBack: ReadBack.prefault({}).describe('Instances of kind dms only.'),
  answers: Answers.prefault({}).describe('For a DMS with an outbox in its options; others take no notice.'),
  options: z.record(z.string(), z.unknown()).default({}).describe('Options of the adapter, checked by its own schema.'),
});
export type InstanceConfig = z.infer<typeof Instance>;

/** Limits of one submission (and of a decision). */
export const IntakeLimits = z.strictObject({
  bodyBytesMax: count(32 * MEBIBYTE, 1_024, 512 * MEBIBYTE).describe('Largest JSON, XML or form body.'),
  dataPartBytesMax: count(8 * MEBIBYTE, 1_024, 256 * MEBIBYTE).describe('Largest data part of a multipart body.'),
  attachmentBytesMax: count(600 * MEBIBYTE, 1, 20 * 1024 * MEBIBYTE),
  attachmentsMax: count(100, 0, 500),
  totalBytesMax: count(2_000 * MEBIBYTE, 1_024, 50 * 1024 * MEBIBYTE),
  idleMs: ms(30_000, 100, 10 * MINUTE).describe('A sender that sends nothing for so long is cut off.'),
  totalMs: ms(30 * MINUTE, 1_000, 6 * 60 * MINUTE).describe('Longest time for one submission.'),
});
export type IntakeLimits = z.infer<typeof IntakeLimits>;

/** What an answer to a sender may hold. */
export const AnswerMember = z.enum(['applicationId', 'reference', 'statusUrl', 'receivedAt', 'status', 'fileNumber', 'message']);

/** Limits of archives that are unpacked; one that does not keep them stays closed, and is an attachment like any other. */
const UnpackZip = z.strictObject({
  entriesMax: count(100, 1, 500),
  entryBytesMax: count(100 * MEBIBYTE, 1, 2_000 * MEBIBYTE),
  totalBytesMax: count(500 * MEBIBYTE, 1, 20 * 1024 * MEBIBYTE),
  ratioMax: count(100, 2, 2_000).describe('How often larger a file may be than in the archive.'),
});

const DataSchema = z.strictObject({
  file: z.string().min(1).max(1_000).describe('Schema file, beside the configuration.'),
  kind: z.enum(['xdatenfelder', 'json-schema']).describe('XDatenfelder 2 or 3 (FIM), or JSON Schema.'),
  formIds: z.array(z.string().max(500)).optional().describe('Forms it is for; absent: all of the endpoint.'),
  formVersions: z.array(z.string().max(500)).optional(),
  onViolation: z
    .enum(['carry', 'park', 'reject'])
    .default('carry')
    .describe('carry: goes on, violations listed; park: waits for a person; reject: is not accepted.'),
  names: z
    .record(z.string().max(500), z.string().max(500))
    .default({})
    .describe('Name in the form → identifier or name in the schema, where they differ; of XDatenfelder.'),
});
export type DataSchemaConfig = z.infer<typeof DataSchema>;
/** How an endpoint whose adapter can fetch asks for submissions. */
export const Pull = z.strictObject({
  everyMs: ms(MINUTE, 50, DAY).describe('How often each source is asked; up to a tenth earlier or later.'),
  retry: z
    .strictObject({
      firstMs: ms(5_000, 10, DAY).describe('Pause after the first failure of a source, or of one submission.'),
      maxMs: ms(15 * MINUTE, 10, DAY).describe('Longest pause; pauses double up to it, with jitter.'),
    })
    .prefault({}),
  keptMaxMs: ms(DAY, 100, 30 * DAY).describe('A submission that nobody can read is tried again at least so often.'),
  concurrency: count(2, 1, 100).describe('Sources asked at the same time, per process.'),
  submissionsAtOnce: count(4, 1, 100).describe('Submissions of one source fetched at the same time.'),
  roundMax: count(1_000, 1, 100_000).describe('Submissions of one round; then other sources have their turn.'),
  rate: Rate.optional().describe('Submissions that may be fetched, over all processes; absent: as many as come.'),
  listMs: ms(MINUTE, 100, 10 * MINUTE).describe('Longest time for one list of what is waiting.'),
  leaseMs: ms(MINUTE, 200, 60 * MINUTE).describe('A source whose worker died is asked by another one after this.'),
  breaker: Breaker.prefault({}),
  reconcile: z
    .strictObject({
      everyMs: ms(DAY, MINUTE, 30 * DAY).describe('How often the books of the form server are compared with ours, where it has any.'),
      windowMs: ms(3 * DAY, MINUTE, 90 * DAY).describe('How far back they are compared.'),
      settleMs: ms(10 * MINUTE, 0, DAY).describe('What was submitted more recently may still be on its way.'),
    })
    .prefault({}),
});
export type PullConfig = z.infer<typeof Pull>;

const Endpoint = z.strictObject({
  adapter: z.string(),
  tenant: Tenant.describe('Municipality that receives what comes in here.'),
  authorities: z.record(z.string(), Tenant).optional().describe("Sender's word for the office → tenant; others are refused."),
  answerStatus: z.union([z.literal(202), z.literal(200), z.literal(201)]).default(202),
  answerAs: z
    .enum(['json', 'page', 'xml', 'text'])
    .default('json')
    .describe(
      '`page`: a page for the citizen, where the form server shows what it gets as the end of the form; `text`: the reference alone.',
    ),
  answerMembers: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/, 'a name that JSON and XML know'), AnswerMember)
    .optional()
    .describe('Name the sender looks for → what it gets, in JSON and XML; absent: everything, under its own names.'),
  limits: IntakeLimits.prefault({}),
  prefillToken: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe('Technical name of the field in which a form that was prefilled brings its token back.'),
  pull: Pull.prefault({}).describe('For adapters that can fetch submissions; others take no notice.'),
  linkOrigins: z.array(z.url()).default([]).describe('Origins from which linked attachments may be collected.'),
  ignoredFields: z
    .array(jsonPointer().min(1))
    .max(500)
    .default([])
    .describe('Unmapped places that are deliberately not carried, with what is below them; `*` stands for any row.'),
  unpackZip: UnpackZip.optional().describe('ZIP archives among the attachments are unpacked beside themselves; absent: they stay closed.'),
  dataSchemas: z.array(DataSchema).max(200).default([]).describe('What forms have to look like; the first that is for the form counts.'),
  options: z.record(z.string(), z.unknown()).default({}),
});
export type EndpointConfig = z.infer<typeof Endpoint>;

const IntakePressure = z.strictObject({
  inFlightMax: count(200, 1, 100_000).describe(
    'Submissions taken at the same time, per process; half of them shared out to the municipalities.',
  ),
  memoryBytesMax: count(512 * MEBIBYTE, MEBIBYTE, 1_024 * 1_024 * MEBIBYTE).describe('Bytes that these may hold in memory, per process.'),
  freeBytesMin: count(512 * MEBIBYTE, 0, 1_024 * 1_024 * MEBIBYTE).describe('Space of the blob directory that is kept free.'),
  backlogMax: count(1_000_000, 1, 1_000_000_000).describe('Messages of one municipality that may wait to be handled.'),
  retryAfterMs: ms(10_000, 1_000, 60 * MINUTE).describe('When refused senders are told to come again.'),
});

const Queue = z.strictObject({
  tenant: Tenant,
  leaseMs: ms(5 * MINUTE, 100, DAY),
  testSubmissions: z.boolean().default(false).describe('Whether test submissions are offered too; otherwise they are parked.'),
  credentials: z.array(Credential).min(1),
});
export type QueueConfig = z.infer<typeof Queue>;

/** Key of an Akte that tells its kind; no characters that searches of a DMS read as a pattern. */
const AktePrefix = z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,58}$/u, 'letters, digits, spaces, dots and hyphens, 59 at most');
const DISTINGUISHED = ['applicant', 'object', 'event'];

/** Where applications of a kind go. */
export const AktenplanRule = z.strictObject({
  version: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('Raised with every change of the rule: each filing step keeps the rule it was planned with.'),
  cabinet: ConfigName.optional().describe("Cabinet among the instance's options (akte.cabinets); absent: the instance's own."),
  akte: z
    .strictObject({
      per: z.enum(['applicant', 'object', 'event', 'year', 'service', 'case', 'application']).describe('What has an Akte of its own.'),
      by: expression().optional().describe('Tells applicants, objects or events apart; equal text, same Akte.'),
      prefix: AktePrefix.optional().describe('Begins the key of the Akte; absent: the name of the rule.'),
      yearly: z.boolean().default(false).describe('A new Akte every year.'),
      coded: z.boolean().optional().describe('Whether a code stands in the key instead of the text; by default only for applicants.'),
      title: expression().describe('Use only what is equal for all applications of the Akte.'),
    })
    .refine(
      ({ per, by }) => DISTINGUISHED.includes(per) === (by !== undefined),
      'by belongs to applicant, object and event, and only to them',
    )
    .refine(({ by, coded }) => coded === undefined || by !== undefined, 'coded belongs to by'),
  vorgang: z.strictObject({ title: expression().optional() }).prefault({}).describe('Absent: name of the service and reference.'),
  classes: z
    .partialRecord(z.enum(['applicationReadable', 'applicationData', ...AttachmentPurpose.options]), z.string().min(1).max(200))
    .default({})
    .describe('Role of a document → its class, for index data (filing.documentClass).'),
  retention: z.string().min(1).max(200).optional().describe('How long it is kept, for index data (filing.retention).'),
});
export type AktenplanRuleConfig = z.infer<typeof AktenplanRule>;

const stepBase = {
  name: ConfigName,
  after: z.array(ConfigName).default([]).describe('Names of steps that have to be settled first.'),
  when: expression().optional().describe('The step is skipped when this is false.'),
};
const RouteStep = z.discriminatedUnion('kind', [
  z.strictObject({ ...stepBase, kind: z.literal('payment'), instance: ConfigName }),
  z.strictObject({
    ...stepBase,
    kind: z.literal('filing'),
    instance: ConfigName,
    joins: z
      .boolean()
      .default(false)
      .describe('For what is handed in later: into the Vorgang of the application with which its case began.'),
    rule: ConfigName.optional().describe("Rule of the Aktenplan that says where; absent: the instance's options say it."),
  }),
  z.strictObject({ ...stepBase, kind: z.literal('export'), instance: ConfigName }),
  z.strictObject({ ...stepBase, kind: z.literal('pickup'), queue: ConfigName }),
]);
export type RouteStepConfig = z.infer<typeof RouteStep>;

/** How a payment is followed. */
export const PaymentPolicy = z.strictObject({
  pollMs: ms(15_000, 50, DAY),
  pollMaxMs: ms(60 * MINUTE, 50, DAY),
  payWithinMs: ms(30 * DAY, 1_000, 365 * DAY),
  returnUrl: z.url().optional(),
});

const Route = z.strictObject({
  name: ConfigName,
  match: z.strictObject({
    tenants: z.array(Tenant).optional(),
    endpoints: z.array(ConfigName).optional(),
    leikaKeys: z.array(LeikaKey).optional(),
    formIds: z.array(z.string()).optional(),
    authorities: z
      .array(z.string().regex(/^[^:]*:[^:]+$/, 'the key of an office in the catalogue: <agency>:<id>, each part percent-encoded'))
      .optional()
      .describe('Competent offices by the service catalogue at submission.'),
    when: expression().optional(),
  }),
  steps: z.array(RouteStep).min(1).max(50),
  reportTo: ConfigName.optional().describe('Status instance that tells the portal of every change.'),
  completesBy: z.enum(['decision', 'steps']).default('decision').describe('What ends the application for the citizen.'),
  payment: PaymentPolicy.prefault({}),
});
export type RouteConfig = z.infer<typeof Route>;

const CatalogueSource = z.strictObject({
  instance: ConfigName.describe('Instance of kind catalogue that reads it.'),
  tenants: z.array(Tenant).min(1).describe('Municipalities the catalogue is for: only they, and applications to them, see it.'),
  everyMs: z
    .int()
    .min(MINUTE)
    .max(30 * DAY)
    .optional()
    .describe('How often it is read by itself; absent: only when somebody asks.'),
  vanishShareMax: z.number().min(0).max(1).default(0.1).describe('A run that would remove more of one kind waits for a yes.'),
  vanishCountMin: count(20, 0, 1_000_000_000).describe('So few removals of one kind never make a run wait.'),
  holdOnImpact: z.boolean().default(true).describe('A run that breaks something in use waits for a yes.'),
  retries: count(3, 0, 100).describe('How often a run that could not reach its source tries again by itself.'),
  retryMs: ms(MINUTE, 10, DAY).describe('Pause before the first of these; pauses double.'),
  leaseMs: ms(MINUTE, 200, 60 * MINUTE).describe('A run whose worker died is taken over after this.'),
  documentBytesMax: count(2_048 * MEBIBYTE, 1_024, 64 * 1_024 * MEBIBYTE).describe('Largest document that is uploaded or pushed.'),
  history: z
    .strictObject({
      days: count(730, 1, 36_500).describe('Every version of the last so many days can be read and gone back to.'),
      versions: count(10, 1, 100_000).describe('So many newest versions of the source are kept whatever their age.'),
    })
    .prefault({})
    .describe('Older versions are removed, but for what an application names.'),
  pushers: z.array(Credential).default([]).describe('Editorial systems that may push documents.'),
});
export type CatalogueSourceConfig = z.infer<typeof CatalogueSource>;

const FieldPath = z.string().min(1).max(1_000);
const ParallelRun = z.strictObject({
  current: ConfigName.describe('Endpoint of the form system that a service comes from; in charge until somebody switches.'),
  next: ConfigName.describe('Endpoint of the form system it moves to. Which of both is not in charge is kept, and delivered nowhere.'),
  pairBy: expression()
    .optional()
    .describe('Text by which the application of one form system is found again among those of the other; absent: pairs are named by hand.'),
  sameFields: z
    .record(FieldPath, FieldPath)
    .default({})
    .describe('Where a field of the next form has another name: its path → path of the same field in the current form.'),
  ignoredFields: z.array(FieldPath).max(1_000).default([]).describe('Fields that may differ: paths, as the comparison names them.'),
});
export type ParallelRunConfig = z.infer<typeof ParallelRun>;

const Prefill = z.strictObject({
  tenants: z.array(Tenant).min(1).describe('Municipalities whose applications may fill this form.'),
  when: expression().optional().describe('Which applications fill it; absent: all.'),
  values: z.record(z.string().min(1).max(500), expression()).describe('Field of this form → text taken from the application.'),
  validMs: ms(7 * DAY, MINUTE, 365 * DAY).describe('How long a token opens the values.'),
  formUrl: z
    .string()
    .regex(/^https?:\/\/\S*\{token\}\S*$/, 'an address with {token} in it')
    .optional()
    .describe('Address under which the form is opened; {token} becomes the token.'),
  credentials: z.array(Credential).min(1).describe('Form servers that may ask for the values.'),
});

/** A RabbitMQ between outbox and workers; only workers need to reach it. */
const Broker = z.strictObject({
  url: secret()
    .regex(/^amqps?:\/\//, 'an address like amqps://user:password@host:5671/vhost')
    .describe('Broker, user and vhost: amqp://user:password@host:5672/vhost, or amqps://… with TLS.'),
  caFile: z.string().min(1).optional().describe("Certificate of the authority that vouches for the broker (PEM); absent: the system's."),
  prefix: ConfigName.default('amtsbote').describe('Begins the names of queues and exchanges; keeps hubs in one vhost apart.'),
  prefetch: count(32, 1, 1_000).describe('Triggers of one message type that a process takes ahead.'),
  queuedMax: count(1_000, 1, 100_000).describe('Triggers of one message type that wait in the broker; the rest waits in the database.'),
  resendMs: ms(30_000, 100, DAY).describe('A trigger that nobody took for so long, or that the broker lost, is sent again.'),
  heartbeatMs: ms(10_000, 1_000, 5 * MINUTE).describe('After twice this time of silence a connection is given up.'),
  reconnectMaxMs: ms(15_000, 100, 10 * MINUTE).describe(
    'Longest pause between attempts to reconnect; pauses double up to it, with jitter.',
  ),
});
export type BrokerConfig = z.infer<typeof Broker>;

/** What an operator writes: the whole hub in one file. Unknown keys are refused. */
export const HubConfig = z.strictObject({
  publicUrl: z.url().describe('Address under which portals, back office and citizens reach the hub.'),
  listen: z.strictObject({ host: z.string().default('127.0.0.1'), port: Port.default(8480) }).prefault({}),
  roles: z.array(Role).min(1).default(['all']),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  database: z.strictObject({ url: secret(), connectionsMax: count(20, 2, 200), statementMs: ms(30_000, 100, 10 * MINUTE) }),
  blobs: z.strictObject({ directory: z.string().min(1) }),
  bus: z
    .strictObject({
      carrier: z.enum(['postgres', 'rabbitmq']).default('postgres'),
      inFlightMax: count(64, 1, 1_000),
      leaseMs: ms(MINUTE, 100, 10 * MINUTE).describe(
        'A message whose handler died is handed out again after this; longer than database.statementMs.',
      ),
      pollMs: ms(500, 10, MINUTE),
      deliveriesMax: count(10, 1, 100),
      rabbitmq: Broker.optional(),
    })
    .prefault({}),
  sweepMs: ms(1_000, 20, MINUTE).describe('How often due retries, expired leases and open circuits are looked at.'),
  shutdown: z.strictObject({ drainMs: ms(0, 0, MINUTE), finishMs: ms(20_000, 0, 10 * MINUTE) }).prefault({}),
  tenants: z.record(Tenant, z.strictObject({ name: z.string().min(1).max(200) })),
  instances: z.record(ConfigName, Instance),
  endpoints: z.record(ConfigName, Endpoint),
  intake: z.strictObject({ pressure: IntakePressure.prefault({}) }).prefault({}),
  parallelRuns: z
    .record(ConfigName, ParallelRun)
    .default({})
    .describe('Services offered by two form systems while they move from one to the other.'),
  prefills: z.record(ConfigName, Prefill).default({}).describe('Forms that are filled from an application that is there.'),
  queues: z.record(ConfigName, Queue).default({}),
  aktenplan: z
    .record(ConfigName, AktenplanRule)
    .default({})
    .describe('Rules that say where applications are filed; named by steps of kind filing.'),
  routes: z.array(Route).default([]),
  portals: z
    .record(ConfigName, z.strictObject({ tenants: z.array(Tenant).min(1), token }))
    .default({})
    .describe('Who may read status and decision documents.'),
  catalogue: z
    .strictObject({
      sources: z.record(ConfigName, CatalogueSource).default({}),
      readers: z
        .record(ConfigName, z.strictObject({ tenants: z.array(Tenant).min(1), token }))
        .default({})
        .describe('Who may read the catalogue, beside portals and operators.'),
    })
    .prefault({}),
  receiptSecret: secret().min(32).describe('Signs the receipts of pickup queues.'),
  ops: z
    .strictObject({ credentials: z.array(z.strictObject({ name: ConfigName, token, tenants: z.array(Tenant).optional() })).default([]) })
    .prefault({}),
});
export type HubConfig = z.infer<typeof HubConfig>;
