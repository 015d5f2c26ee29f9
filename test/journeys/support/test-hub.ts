// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type FormcycleSender, formcycleSender, type FormcycleSenderSettings } from '@amtsbote/adapters/forms-formcycle/simulator';
import { type OzgCloudSender, ozgCloudSender, type OzgCloudSenderSettings } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { type WebhookSender, webhookSender } from '@amtsbote/adapters/forms-webhook/simulator';
import type { Application } from '@amtsbote/canonical';

import { ADAPTERS } from '../../../apps/hub/src/adapters.generated.js';
import { type RunningHub, startHub } from '../../../apps/hub/src/start-hub.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/database.js';
import { address } from './running-town.js';

/** Everything that accepting a submission writes, counted. */
export interface Stored {
  readonly applications: number;
  readonly attachments: number;
  readonly steps: number;
  readonly messages: number;
  /** Names of all files below the blob directory, half-written ones included. */
  readonly files: readonly string[];
}

/** What a hub holds to which nothing was ever accepted. */
export const NOTHING: Stored = { applications: 0, attachments: 0, steps: 0, messages: 0, files: [] };

/** An entry of the journal as a test looks at it. */
export interface Entry {
  readonly tenant: string;
  readonly actor: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const CONFIG = 'test/fixtures/config/intake.yaml';
const aSecret = (): string => randomBytes(24).toString('base64url');

/** A hub with the tests' own configuration (test/fixtures/config/intake.yaml) on a database of its own, and no town around it. */
export class TestHub {
  private running: RunningHub | undefined;
  /** Every line the hub logged, at level debug. */
  readonly log: string[] = [];

  private constructor(
    readonly environment: Readonly<Record<string, string>>,
    private readonly database: TestDatabase,
    private readonly directory: string,
    private readonly configFile: string,
  ) {}

  /** @param linksUrl origin that senders may link attachments from. */
  static async start(linksUrl = 'http://127.0.0.1:9', configFile = CONFIG): Promise<TestHub> {
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-intake-'));
    const database = await createMigratedDatabase();
    const environment = {
      DATABASE_URL: database.url,
      ...(await address()),
      HUB_BLOBS: join(directory, 'blobs'),
      HUB_RECEIPT_SECRET: aSecret() + aSecret(),
      FORMS_TOKEN: aSecret(),
      PICKUP_TOKEN: aSecret(),
      OPS_TOKEN: aSecret(),
      PORTAL_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
      LINKS_URL: linksUrl,
      ARCHIVE: `intake-${randomBytes(6).toString('hex')}`,
    };
    const hub = new TestHub(environment, database, directory, configFile);
    await hub.restart();
    return hub;
  }

  get hub(): RunningHub {
    if (this.running === undefined) throw new Error('the hub is not running');
    return this.running;
  }
  get url(): string {
    return this.hub.url;
  }
  get blobs(): string {
    return this.environment['HUB_BLOBS'] ?? '';
  }

  /** Stops the hub, if it runs, and starts it again on the same database and files. */
  async restart(): Promise<void> {
    await this.running?.stop();
    this.running = await startHub({
      configFile: this.configFile,
      environment: this.environment,
      adapters: ADAPTERS,
      logTo: { write: (line: string) => void this.log.push(line) },
    });
  }

  /** Stops the hub: others may work on its database and files until {@link restart}. */
  async halt(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    await this.database.drop();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** A form server that streams multipart. */
  forms(endpoint = 'formulare', settings: Partial<OzgCloudSenderSettings> = {}): OzgCloudSender {
    return ozgCloudSender({ url: `${this.url}/intake/${endpoint}`, auth: this.formsCredential(), ...settings });
  }
  formsCredential(): { kind: 'bearer'; token: string } {
    return { kind: 'bearer', token: this.environment['FORMS_TOKEN'] ?? '' };
  }
  /** A workflow that sends as browsers send forms. */
  workflow(endpoint = 'ablauf', settings: Partial<FormcycleSenderSettings> = {}): FormcycleSender {
    const auth = { username: 'workflow', password: this.environment['FORMS_TOKEN'] ?? '' };
    return formcycleSender({ url: `${this.url}/intake/${endpoint}`, auth, ...settings });
  }
  /** A portal that signs JSON. */
  portal(): WebhookSender {
    return webhookSender({ url: `${this.url}/intake/portal`, secrets: [this.environment['PORTAL_SECRET'] ?? ''] });
  }

  /** Everything stored now. */
  async stored(): Promise<Stored> {
    const [counts] = await this.query<Omit<Stored, 'files'>>(
      `SELECT (SELECT count(*)::int FROM application) AS applications, (SELECT count(*)::int FROM attachment) AS attachments,
         (SELECT count(*)::int FROM step) AS steps, (SELECT count(*)::int FROM message) AS messages`,
    );
    if (counts === undefined) throw new Error('nothing was counted');
    return { ...counts, files: await filesBelow(this.blobs) };
  }

  /** The journal in order. */
  async journal(event?: string): Promise<Entry[]> {
    return this.query<Entry>('SELECT tenant, actor, event, data FROM journal WHERE $1::text IS NULL OR event = $1 ORDER BY seq', [
      event ?? null,
    ]);
  }

  /** The canonical application as it is stored. */
  async application(id: string): Promise<Application> {
    const [row] = await this.query<{ document: Application }>('SELECT document FROM application WHERE id = $1', [id]);
    if (row === undefined) throw new Error('the application is not there');
    return row.document;
  }

  /** The stored bytes of an attachment. */
  async bytesOf(attachmentId: string): Promise<Buffer> {
    return readFile(join(this.blobs, attachmentId.slice(-2), attachmentId));
  }

  async query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.hub.house.database.query<Row[]>(sql, parameters);
  }
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
}
