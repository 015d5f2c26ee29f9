// SPDX-License-Identifier: EUPL-1.2
import { type OzgCloudSender, ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';

import { bookkeeping, everythingArrived, query } from '../journeys/support/bookkeeping.js';
import { eventually } from '../journeys/support/eventually.js';
import { HubProcess } from '../journeys/support/hub-process.js';
import { type PreparedTown, prepareTown } from '../journeys/support/running-town.js';
import { installedPostgres, type OwnDatabase, RealPostgres } from '../support/real/real-postgres.js';
import { impatientConfig } from './support/impatient-config.js';

const [installation] = installedPostgres();
/** Three of them are PostgreSQL's own, for administrators. */
const CONNECTIONS_MAX = 40;

describe(`a hub on the town's own PostgreSQL ${installation.major}: TLS, a plain role, Debian's package`, () => {
  let postgres: RealPostgres;
  const ends: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    postgres = await RealPostgres.start(installation, { max_connections: CONNECTIONS_MAX });
  }, 120_000);
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  }, 60_000);
  afterAll(async () => {
    await postgres.remove();
  }, 60_000);

  async function aTown(): Promise<{ prepared: PreparedTown; database: OwnDatabase }> {
    const database = await postgres.createDatabase();
    const prepared = await prepareTown({ database });
    ends.push(() => prepared.stop());
    return { prepared, database };
  }
  async function aHub({ environment }: PreparedTown): Promise<HubProcess> {
    const hub = await HubProcess.start(environment, await impatientConfig());
    ends.push(() => hub.stop());
    return hub;
  }

  it('takes an application through the whole main job', async () => {
    const { prepared } = await aTown();
    const hub = await aHub(prepared);
    prepared.town.openOffice(hub.url);
    const [answer] = await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 1, uploads: 2 }), 1);
    expect(answer).toMatchObject({ kind: 'answered', status: 202 });
    await eventually(() =>
      expect(prepared.town.portal.cases.all().map(({ updates }) => updates.map(({ data }) => data.state))).toEqual([
        ['SUBMITTED', 'ACTION_REQUIRED', 'SUBMITTED', 'RECEIVED', 'PROCESSING', 'COMPLETED'],
      ]),
    );
    await eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(1)));
  }, 60_000);

  it('holds every connection over TLS, with the rights of its database and no others', async () => {
    const { prepared, database } = await aTown();
    await aHub(prepared);
    const connections = await query<{ ssl: boolean; role: string; powers: boolean }>(
      prepared.environment,
      `SELECT DISTINCT ssl, usename AS role, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls AS powers
         FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) JOIN pg_roles ON rolname = usename
        WHERE datname = current_database() AND application_name LIKE 'amtsbote%'`,
    );
    expect(connections).toEqual([{ ssl: true, role: database.role, powers: false }]);
  }, 60_000);

  it.each(['fast', 'immediate'] as const)(
    'delivers everything once when the server is restarted meanwhile (-m %s)',
    async (mode) => {
      const count = 60;
      const { prepared } = await aTown();
      const hub = await aHub(prepared);
      prepared.town.openOffice(hub.url);
      const sending = sendUntilAnswered(prepared.formServerFor(hub.url), count, mode.length);
      for (const finished of [1, 20]) {
        await eventually(async () => expect((await bookkeeping(prepared)).finished).toBeGreaterThanOrEqual(finished), 60_000);
        await postgres.stop(mode);
        // Long enough for every loop of the hub to run into it.
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        expect((await fetch(`${hub.url}/health/ready`)).status).toBe(503);
        expect((await fetch(`${hub.url}/health/live`)).status).toBe(200);
        await postgres.start();
      }
      await sending;
      await eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(count)), 90_000);
    },
    240_000,
  );

  it('delivers everything once although the server has hardly any connection left', async () => {
    const count = 12;
    const { prepared, database } = await aTown();
    const hub = await aHub(prepared);
    prepared.town.openOffice(hub.url);
    const giveBack = await takeEveryConnection(database);
    await expect(query(prepared.environment, 'SELECT 1')).rejects.toMatchObject({ code: '53300' });
    await sendUntilAnswered(prepared.formServerFor(hub.url), count, 3);
    await eventually(() => expect(prepared.town.dms.books().vorgaenge).toBe(count), 120_000);
    await giveBack();
    await eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(count)), 90_000);
  }, 240_000);

  /** Somebody else's programs take every connection that the hub does not hold at this moment. @returns how they give them back. */
  async function takeEveryConnection({ url }: OwnDatabase): Promise<() => Promise<void>> {
    const taken: Client[] = [];
    const giveBack = async (): Promise<void> => {
      for (const client of taken.splice(0)) await client.end();
    };
    ends.push(giveBack);
    for (;;) {
      const client = new Client({ connectionString: url, application_name: 'somebody else' });
      try {
        await client.connect();
        taken.push(client);
      } catch (error) {
        expect(error).toMatchObject({ code: '53300' });
        return giveBack;
      }
    }
  }
});

/** Sends every submission until it is answered with 202: the promise is only about those. */
async function sendUntilAnswered(formServer: OzgCloudSender, count: number, seed: number): Promise<void> {
  const unanswered = new Set(ozgCloudSubmissions({ count, uploads: 1, seed: 100 + seed }));
  const send = async (): Promise<void> => {
    for (const submission of unanswered) {
      const answer = await formServer.send(submission);
      if (answer.kind === 'answered' && answer.status === 202) unanswered.delete(submission);
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  while (unanswered.size > 0) await Promise.all([send(), send(), send()]);
}
