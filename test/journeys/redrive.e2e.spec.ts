// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import type { RedriveJobView, RedrivePreview } from '@amtsbote/ops-api';
import { describe, expect, it } from '@jest/globals';

import { run } from '../../apps/cli/src/program.js';
import { atTheEnd } from './support/at-the-end.js';
import { bookkeeping, everythingArrived, query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { OpsClient } from './support/ops-client.js';
import { prepareTown } from './support/running-town.js';

const COUNT = 24;
const REASON = 'the DMS has its licence again';
/** As if the DMS had refused them all: they lie in front of a person. */
const REFUSED = `
  UPDATE step SET state = 'parked', due_at = NULL, failure = '{"kind": "refused", "code": "dms-nscale/no-licence", "message": "no licence"}'
  WHERE name = 'file' AND state = 'due'`;

describe('a redrive of everything that a DMS refused', () => {
  it('goes on after SIGKILL in its middle: everything is filed, once, and stands in the journal once', async () => {
    const prepared = atTheEnd(await prepareTown());
    const { town, environment } = prepared;
    const start = async (): Promise<HubProcess> => atTheEnd(await HubProcess.start(environment, prepared.impatientConfig));
    const hub = await start();
    const admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    town.openOffice(hub.url);
    await admin.call('POST', '/ops/instances/eakte/pause', { reason: REASON });
    await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: COUNT, seed: 31 }), 4);
    await eventually(async () => {
      const [due] = await query<{ count: number }>(
        environment,
        "SELECT count(*)::int AS count FROM step WHERE name = 'file' AND state = 'due'",
      );
      expect(due?.count).toBe(COUNT);
    }, 60_000);
    await query(environment, REFUSED);
    await admin.call('POST', '/ops/instances/eakte/resume', { reason: REASON });

    const filter = { what: 'steps', instance: 'eakte', code: 'dms-nscale/no-licence' };
    const { body: preview } = await admin.call<RedrivePreview>('POST', '/ops/redrives/preview', filter);
    expect(preview).toMatchObject({ matched: COUNT, uncertain: 0, groups: [{ code: 'dms-nscale/no-licence', count: COUNT }] });
    const { status, body: job } = await admin.call<RedriveJobView>('POST', '/ops/redrives', {
      ...filter,
      reason: REASON,
      ratePerSecond: 6,
    });
    expect(status).toBe(202);
    const now = async (): Promise<RedriveJobView> => (await admin.call<RedriveJobView>('GET', `/ops/redrives/${job.id}`)).body;
    await eventually(async () => expect((await now()).redriven).toBeGreaterThan(3));
    await hub.kill();
    const [left] = await query<{ state: string; redriven: number }>(environment, 'SELECT state, redriven FROM redrive_job');
    expect(left?.state).toBe('running');
    expect(left?.redriven).toBeLessThan(COUNT);

    await start();
    await eventually(async () => expect(await now()).toMatchObject({ state: 'done', redriven: COUNT, refused: 0, remaining: 0 }), 60_000);
    await eventually(async () => expect(await bookkeeping(prepared)).toEqual(everythingArrived(COUNT)), 60_000);
    const entries = await query<{ step: string; actor: string }>(
      environment,
      `SELECT step_id AS step, actor FROM journal WHERE event = 'step.retried' AND data->>'bulk' = '${job.id}'`,
    );
    expect(new Set(entries.map(({ step }) => step)).size).toBe(COUNT);
    expect(entries.map(({ actor }) => actor)).toEqual(Array(COUNT).fill('admin:admin'));
  }, 240_000);

  it('is counted, started, paused, resumed and cancelled by the command line', async () => {
    const prepared = atTheEnd(await prepareTown());
    const { town, environment } = prepared;
    const hub = atTheEnd(await HubProcess.start(environment));
    const amtsbote = async (...args: string[]): Promise<{ code: number; out: string }> => {
      const lines: string[] = [];
      const code = await run(['redrive', ...args], {
        environment: { AMTSBOTE_URL: hub.url, AMTSBOTE_TOKEN: town.secrets.HUB_OPS_TOKEN },
        now: () => new Date(),
        out: (text) => void lines.push(text),
        error: (text) => void lines.push(text),
        sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      });
      return { code, out: lines.join('\n') };
    };
    const because = ['--reason', REASON];
    expect(await amtsbote('list')).toEqual({ code: 0, out: 'There was no redrive yet.' });
    expect(await amtsbote('start', ...because)).toMatchObject({ code: 1, out: expect.stringContaining('Nothing fits') });
    expect(await amtsbote('start')).toMatchObject({ code: 2 });
    await new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN).call('POST', '/ops/instances/eakte/pause', { reason: REASON });
    await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 3, seed: 32 }), 3);
    await eventually(async () => {
      await query(environment, REFUSED);
      expect((await amtsbote('start', '--dry-run', '--instance', 'eakte')).out).toContain('3 fit.');
    }, 60_000);
    const started = await amtsbote('start', '--instance', 'eakte', '--rate', '0.1', '--no-wait', ...because);
    const id = /^[0-9a-f-]{36}/.exec(started.out)?.[0] ?? '';
    expect(started).toMatchObject({ code: 0, out: expect.stringContaining('running: ') });
    expect((await amtsbote('pause', id, ...because)).out).toContain('paused by admin:admin');
    expect(await amtsbote('pause', id, ...because)).toMatchObject({ code: 1 });
    expect((await amtsbote('resume', id, ...because)).out).toContain(`${id}  running`);
    expect((await amtsbote('cancel', id, ...because)).out).toContain('cancelled by admin:admin');
    expect((await amtsbote('list')).out).toContain(id);
    expect((await amtsbote('show', id)).out).toContain('parked steps instance=eakte');
  }, 120_000);
});
