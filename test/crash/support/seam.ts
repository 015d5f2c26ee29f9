// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type OzgCloudSubmission, ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import type { CrashPoint } from '@amtsbote/platform';
import { expect } from '@jest/globals';

import { bookkeeping, everythingArrived, query } from '../../journeys/support/bookkeeping.js';
import { eventually } from '../../journeys/support/eventually.js';
import { HubProcess } from '../../journeys/support/hub-process.js';
import { type PreparedTown, prepareTown } from '../../journeys/support/running-town.js';

/** A machine that is busy with something else too shall still get there. */
const PATIENCE_MS = 120_000;

/** How one sending was answered, in short. */
export interface Answer {
  /** `cut` when the connection ended without an answer. */
  readonly status: number | 'cut';
  readonly reference?: string;
}

/**
 * A town whose hubs die between two things that other systems do one after the other (the seams), and what the next hub makes of it. Every hub
 * is a real process with a real database, and dies by SIGKILL at a named crash point.
 */
export class Seam {
  private hub: HubProcess | undefined;
  private readonly sent: OzgCloudSubmission[] = [];
  private readonly answered = new Set<OzgCloudSubmission>();

  private constructor(
    readonly prepared: PreparedTown,
    private readonly directory: string,
    private readonly config: string,
  ) {}

  /** @param change what is to be different in the configuration. */
  static async open(change: (config: string) => string = (config) => config): Promise<Seam> {
    const prepared = await prepareTown();
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-seam-'));
    const config = join(directory, 'hub.yaml');
    await writeFile(config, change(await readFile(prepared.impatientConfig, 'utf8')));
    return new Seam(prepared, directory, config);
  }

  get town(): PreparedTown['town'] {
    return this.prepared.town;
  }
  get environment(): PreparedTown['environment'] {
    return this.prepared.environment;
  }

  /** A hub that lives. */
  async live(): Promise<void> {
    await this.startWith({});
  }

  /** A hub that dies at a point, after `reasons` were given; without any, what it finds is reason enough. */
  async dieAt(point: CrashPoint, reasons: () => Promise<unknown> = async () => undefined): Promise<void> {
    const deaths = join(this.directory, 'deaths');
    await rm(deaths, { force: true });
    await this.startWith({ AMTSBOTE_CRASH_POINT: point, AMTSBOTE_CRASH_FILE: deaths }).catch((error: unknown) => {
      // It may get there before anybody sees it ready.
      if (!(error instanceof Error && error.message.startsWith('the hub ended'))) throw error;
    });
    const given = this.hub === undefined ? Promise.resolve() : reasons();
    await this.hub?.ended();
    await given;
    expect(await readFile(deaths, 'utf8')).toBe(`${point}\n`);
  }

  /** Sends an application that nobody has sent before. */
  async send(uploads = 1): Promise<Answer> {
    const [submission] = ozgCloudSubmissions({ count: 1, seed: 100 + this.sent.length, uploads });
    if (submission === undefined) throw new Error('no submission was made up');
    this.sent.push(submission);
    return this.post(submission);
  }
  /** Sends the last one again, as a form server does that got no answer. */
  async sendAgain(): Promise<Answer> {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent yet');
    return this.post(last);
  }

  /** Sends again what was never answered, until it is. */
  async sendUnanswered(): Promise<void> {
    for (const submission of this.sent) while (!this.answered.has(submission)) await this.post(submission);
  }

  /** Waits until every application that was sent has arrived everywhere, once. */
  async everythingArrives(): Promise<void> {
    await eventually(async () => expect(await bookkeeping(this.prepared)).toMatchObject(everythingArrived(this.sent.length)), PATIENCE_MS);
  }

  /** Rows of the hub's database. */
  async rows<Row extends object>(sql: string): Promise<Row[]> {
    return query<Row>(this.environment, sql);
  }

  /** Names of all files of the blob store, half-written ones included. */
  async files(): Promise<string[]> {
    const entries = await readdir(this.environment['HUB_BLOBS'] ?? '', { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  }

  /** Ends the living hub in order. */
  async rest(): Promise<void> {
    await this.hub?.stop();
    this.hub = undefined;
  }

  async stop(): Promise<void> {
    await this.hub?.kill();
    await this.prepared.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private async startWith(environment: Readonly<Record<string, string>>): Promise<void> {
    this.hub = undefined;
    this.hub = await HubProcess.start({ ...this.environment, ...environment }, this.config);
    if (this.town.fachverfahren === undefined) this.town.openOffice(this.hub.url);
  }

  private async post(submission: OzgCloudSubmission): Promise<Answer> {
    const outcome = await this.prepared.formServerFor(this.environment['HUB_URL'] ?? '').send(submission);
    if (outcome.kind === 'cut') return { status: 'cut' };
    if (outcome.status === 202) this.answered.add(submission);
    const { reference } = JSON.parse(outcome.body) as { reference?: string };
    return { status: outcome.status, ...(reference === undefined ? {} : { reference }) };
  }
}
