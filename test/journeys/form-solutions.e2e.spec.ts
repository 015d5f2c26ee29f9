// SPDX-License-Identifier: EUPL-1.2
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  formSolutionsSender,
  FormSolutionsServer,
  type FormSolutionsSubmission,
  formSolutionsSubmissions,
} from '@amtsbote/adapters/forms-form-solutions/simulator';
import type { PullView, ReconciliationView } from '@amtsbote/ops-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { OpsClient } from './support/ops-client.js';
import { address } from './support/running-town.js';
import { expectAccepted } from './support/submissions.js';

const CONFIG = 'test/fixtures/config/form-solutions.yaml';
const aSecret = (): string => randomBytes(24).toString('base64url');
const MANDANT = '22222222-2222';
/** Where a hub dies, and when it gets there for this time: each between two things that must not be torn apart. */
const DEATHS = [
  ['pull.committed', 7],
  ['pull.fetched', 5],
  ['pull.acknowledged', 9],
  ['pull.claimed', 2],
] as const;

let server: FormSolutionsServer;
let database: TestDatabase;
let directory: string;
let environment: Record<string, string>;
let hub: HubProcess;
const all: FormSolutionsSubmission[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amtsbote-form-solutions-'));
  database = await createTestDatabase();
  const token = aSecret();
  server = await new FormSolutionsServer({ mandant: MANDANT, apiKey: token }).start();
  environment = {
    DATABASE_URL: database.url,
    ...(await address()),
    HUB_BLOBS: join(directory, 'blobs'),
    HUB_RECEIPT_SECRET: aSecret() + aSecret(),
    FORMS_TOKEN: token,
    PICKUP_TOKEN: aSecret(),
    OPS_TOKEN: aSecret(),
    FORM_SERVER: server.apiUrl,
  };
});
afterAll(async () => {
  await hub.stop();
  await server.stop();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

async function query<Row>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Row[];
  } finally {
    await client.end();
  }
}

const submissionIds = async (): Promise<string[]> =>
  (await query<{ id: string }>('SELECT submission_id AS id FROM application ORDER BY 1')).map(({ id }) => id);
const ops = (): OpsClient => new OpsClient(environment['HUB_URL'] ?? '', environment['OPS_TOKEN'] ?? '');
const idsOf = (some: readonly FormSolutionsSubmission[]): string[] => some.map(({ transID }) => transID).sort();

describe('a Form-Solutions server that is asked', () => {
  it('has fifty submissions of two versions taken over by hubs that are killed in the middle: none lost, none doubled, each acknowledged', async () => {
    const graves = join(directory, 'graves');
    const old = formSolutionsSubmissions({ count: 25, version: 'v2', seed: 1 });
    const recent = formSolutionsSubmissions({ count: 25, version: '4.2', seed: 2, form: '950000' });
    all.push(...old, ...recent);
    server.submit('940000', old);
    server.submit('950000', recent);
    for (const [point, time] of DEATHS) {
      const plan = { AMTSBOTE_CRASH_POINT: point, AMTSBOTE_CRASH_TIME: String(time), AMTSBOTE_CRASH_FILE: graves };
      const dying = await HubProcess.start({ ...environment, ...plan }, CONFIG).catch(() => undefined);
      await dying?.ended();
    }
    expect((await readFile(graves, 'utf8')).trim().split('\n')).toEqual(DEATHS.map(([point]) => point));
    hub = await HubProcess.start(environment, CONFIG);
    await eventually(() => expect(server.withStatus('READ').sort()).toEqual(idsOf(all)), 60_000);
    expect(server.withStatus('NEW')).toEqual([]);
    expect(server.changes.map(({ transId }) => transId).sort()).toEqual(idsOf(all));
    expect(await submissionIds()).toEqual(idsOf(all));
    const [counted] = await query<object>(
      'SELECT (SELECT count(*)::int FROM step) AS steps, (SELECT count(*)::int FROM attachment) AS attachments, (SELECT count(*)::int FROM pull_held) AS held',
    );
    expect(counted).toEqual({ steps: 50, attachments: 150, held: 0 });
  }, 120_000);

  it('left nothing on the disk that nobody owns, beyond what the killed ones had in hand', async () => {
    const files = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
    const blobs = files.filter((file) => file.isFile()).length;
    // Four of a source at a time, two sources, three files each: what one killed hub may leave behind for the janitor.
    expect(blobs).toBeGreaterThanOrEqual(150);
    expect(blobs).toBeLessThanOrEqual(150 + DEATHS.length * 24);
  });
});

describe('a Form-Solutions server that sends', () => {
  const sender = (): ReturnType<typeof formSolutionsSender> =>
    formSolutionsSender({
      url: `${environment['HUB_URL'] ?? ''}/intake/hundesteuer`,
      auth: { username: 'formularserver', password: environment['FORMS_TOKEN'] ?? '' },
    });

  it('finds the endpoint reachable without credentials', async () => {
    expect(await sender().isReachable()).toEqual({ isReachable: true, statuses: [200, 200, 200] });
  });

  it('sends one fifty times at once while it is fetched: one application, and the same answer for all', async () => {
    const [one] = formSolutionsSubmissions({ count: 1, seed: 3 });
    if (one === undefined) throw new Error('no submission');
    all.push(one);
    server.submit('940000', [one]);
    const outcomes = await sender().sendConcurrently(one, 50);
    expect(new Set(outcomes.map((outcome) => JSON.stringify(expectAccepted(outcome)))).size).toBe(1);
    await eventually(() => expect(server.withStatus('NEW')).toEqual([]));
    expect(await submissionIds()).toEqual(idsOf(all));
  });
});

describe('an operator', () => {
  it('sees how fetching goes, and has the books compared: what the hub lost is fetched, what the server lost is named', async () => {
    const [lost] = formSolutionsSubmissions({ count: 1, seed: 4, from: new Date() });
    const [gone] = all.slice(-1);
    if (lost === undefined || gone === undefined) throw new Error('no submission');
    server.submit('950000', [{ ...lost, status: 'CLOSED' }]);
    server.remove(gone.transID);
    const asked = await ops().call('POST', '/ops/pulls/hundesteuer/reconcile', { reason: 'quarterly audit' });
    expect(asked).toMatchObject({ status: 202, body: { sources: 1 } });
    await eventually(async () => {
      const { body } = await ops().call<{ reconciliations: ReconciliationView[] }>('GET', '/ops/pulls/hundesteuer/reconciliations');
      expect(body.reconciliations[0]).toMatchObject({
        state: 'done',
        fetchedIds: [lost.transID],
        missing: 0,
        surplusIds: expect.arrayContaining([gone.transID]),
      });
    });
    // A clerk has closed it: that stays so.
    expect(server.withStatus('CLOSED')).toEqual([lost.transID]);
    const { body } = await ops().call<{ pulls: PullView[] }>('GET', '/ops/pulls');
    expect(body.pulls).toMatchObject([{ endpoint: 'hundesteuer', paused: false, breaker: 'closed', sources: [{ source: '940000', failure: null }, { source: '950000', failure: null }] }]); // prettier-ignore
  });
});
