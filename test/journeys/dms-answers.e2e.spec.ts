// SPDX-License-Identifier: EUPL-1.2
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { WebdavSimulator } from '@amtsbote/adapters/dms-webdav/simulator';
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { expect, it } from '@jest/globals';

import { atTheEnd } from './support/at-the-end.js';
import { query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { prepareTown } from './support/running-town.js';

const PASSWORD = 'dav-secret-of-a-journey';
const LETTER = { fileName: 'Bescheid Erika Mustermann.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 Bescheid') };

/** The demo's town, with files on a WebDAV server in place of its DMS. */
async function withWebdav(configFile: string, baseUrl: string): Promise<string> {
  const config = await readFile(configFile, 'utf8');
  const akte = `  eakte:
    adapter: dms-webdav
    attemptMs: 6000
    leaseMs: 7000
    retry: { firstMs: 200, maxMs: 1000 }
    breaker: { failures: 3, openMs: 500, openMaxMs: 1000 }
    answers: { everyMs: 200, outcomes: { bewilligt: granted } }
    options:
      baseUrl: ${baseUrl}
      username: amtsbote
      password: ${PASSWORD}
      akte: { folder: '"Gewerbeakte " + application.tenant' }
      outbox: { quietMs: 0 }
`;
  const changed = config.replace(/ {2}eakte:\n[^]*?(?= {2}portal:\n)/, () => akte);
  if (!changed.includes('dms-webdav')) throw new Error("the demo's configuration has no eakte any more");
  const file = join(dirname(configFile), 'answers.yaml');
  await writeFile(file, changed);
  return file;
}

it('a clerk puts a PDF into the outbox of a Vorgang: the citizen gets it once, though the hub dies before it is acknowledged and the DMS is down after that', async () => {
  const prepared = atTheEnd(await prepareTown({ habits: { decides: false } }));
  const webdav = atTheEnd(await new WebdavSimulator('amtsbote', PASSWORD).start());
  const { town, environment, impatientConfig } = prepared;
  const config = await withWebdav(impatientConfig, webdav.baseUrl);
  const deaths = { AMTSBOTE_CRASH_POINT: 'pull.committed', AMTSBOTE_CRASH_FILE: join(dirname(config), 'deaths') };
  const hub = atTheEnd(await HubProcess.start({ ...environment, ...deaths, HUB_LOG_LEVEL: 'debug' }, config));
  await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 1, seed: 5 }), 1);
  const filed = "SELECT application_id AS id, receipt->'vorgang'->>'id' AS vorgang FROM step WHERE name = 'file' AND state = 'done'";
  await eventually(async () => expect(await query(environment, filed)).toHaveLength(1), 30_000);
  const [application] = await query<{ id: string; vorgang: string }>(environment, filed);
  const vorgang = application?.vorgang ?? '';
  const { documents } = webdav.books();

  await webdav.placeAnswer(vorgang, { ...LETTER, mark: 'bewilligt' });
  await hub.ended();
  expect(await readFile(deaths.AMTSBOTE_CRASH_FILE, 'utf8')).toBe('pull.committed\n');
  expect(webdav.answerBooks(vorgang).taken).toEqual([]);
  webdav.fail({ fault: 'down' });
  const next = atTheEnd(await HubProcess.start({ ...environment, HUB_LOG_LEVEL: 'debug' }, config));

  const told = () => town.portal.cases.all().find(({ applicationId }) => applicationId === application?.id);
  const completed = () => told()?.updates.filter(({ data }) => data.state === 'COMPLETED') ?? [];
  await eventually(() => expect(told()?.documents.map(({ result }) => result)).toEqual(['collected']), 30_000);
  expect(webdav.answerBooks(vorgang).taken).toEqual([]);
  webdav.heal();
  await eventually(() => expect(webdav.answerBooks(vorgang).taken).toEqual([LETTER.fileName]), 30_000);

  await town.portal.settled();
  expect(completed()).toMatchObject([{ data: { decision: { outcome: 'granted', documents: [{ size: LETTER.bytes.length }] } } }]);
  expect(told()?.documents).toHaveLength(1);
  expect(await query(environment, 'SELECT id FROM decision')).toHaveLength(1);
  expect(await query(environment, "SELECT 1 FROM pull_held WHERE endpoint = 'dms:eakte'")).toEqual([]);
  expect(webdav.books()).toMatchObject({ documents, duplicates: [] });
  expect(hub.log + next.log).not.toContain('Mustermann');
}, 120_000);
