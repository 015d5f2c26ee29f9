// SPDX-License-Identifier: EUPL-1.2
import { expression, secret } from '@amtsbote/adapter-kit';
import { ConfigName, Tenant } from '@amtsbote/canonical';
import { z } from 'zod';

import { Breaker, count, Credential, DAY, MEBIBYTE, MINUTE, ms, Rate, RetryPolicy, token } from './config-parts.js';
import { Answers, ReadBack } from './dms-config.js';
import { Endpoint } from './endpoint-config.js';
import { AktenplanRule, Route } from './route-config.js';

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
  leaveAt: z
    .strictObject({
      endpoint: ConfigName.describe('Endpoint whose form server takes values before the form is opened.'),
      form: z.string().min(1).max(200).describe("The form server's own word for the form."),
    })
    .optional()
    .describe('Values are left there when the token is issued, and the address of the form is what it answers; not with formUrl.'),
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
