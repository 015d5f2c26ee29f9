// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationPage, ApplicationSummary } from '@amtsbote/ops-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { OpsClient } from './support/ops-client.js';
import { type RunningTown, startTown } from './support/running-town.js';
import { ANDERNORT, CANARY, Citizens, MUSTERSTADT, OTHER_TOKEN, twoTownsConfig } from './support/two-towns.js';

const REASON = 'agreed on the phone';

describe('operators', () => {
  let running: RunningTown;
  let admin: OpsClient;
  let other: OpsClient;
  let citizens: Citizens;
  const logged: string[] = [];

  beforeAll(async () => {
    running = await startTown({ configFile: await twoTownsConfig() });
    const { hub, town } = running;
    admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    other = new OpsClient(hub.url, OTHER_TOKEN);
    citizens = new Citizens(hub.url, town.secrets.TOWN_FORMS_TOKEN);
    for (const level of ['debug', 'info', 'warn', 'error'] as const)
      hub.house.log[level] = (...line: unknown[]) => void logged.push(JSON.stringify(line));
  });
  afterEach(() => running.town.dms.heal());
  afterAll(async () => {
    await running.stop();
  });

  /** Waits until the application of this sender's id is there. */
  async function progresses(submissionId: string, progress: string): Promise<ApplicationSummary> {
    let found: ApplicationSummary | undefined;
    await eventually(async () => {
      found = await admin.bySubmission(submissionId);
      expect(found.progress).toBe(progress);
    });
    return found as ApplicationSummary;
  }
  const pause = (instance: string): Promise<unknown> => admin.call('POST', `/ops/instances/${instance}/pause`, { reason: REASON });
  const resume = (instance: string): Promise<unknown> => admin.call('POST', `/ops/instances/${instance}/resume`, { reason: REASON });

  it('find an application by reference as spoken, by the sender’s id and by its own id, and page through the rest', async () => {
    const sent = [await citizens.apply(), await citizens.apply(), await citizens.apply()];
    const known = await Promise.all(sent.map((id) => admin.bySubmission(id)));
    const [first] = known;
    for (const q of [first?.reference.toLowerCase().replaceAll('-', ' '), first?.submissionId, first?.id])
      expect((await admin.list({ q: q ?? '' })).map(({ id }) => id)).toEqual([first?.id]);
    expect(await admin.list({ q: 'nothing-like-that' })).toEqual([]);
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { body }: { body: ApplicationPage } = await admin.call(
        'GET',
        `/ops/applications?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      paged.push(...body.items.map(({ id }) => id));
      cursor = body.next;
    }
    expect(paged).toEqual(known.map(({ id }) => id).reverse());
    expect(
      await admin.list({ tenant: MUSTERSTADT, route: 'gewerbeanmeldung', endpoint: 'gewerbe', leikaKey: '99050012104000' }),
    ).toHaveLength(3);
    expect(await admin.list({ to: new Date(Date.now() - 3_600_000).toISOString() })).toEqual([]);
    const wrong = await admin.call('GET', '/ops/applications?progress=sideways');
    expect(wrong).toMatchObject({ status: 400, body: { type: 'urn:amtsbote:problem:bad-request' } });
  });

  it('see the whole story: attempts, effects with receipts, payment, collection, decision, in the order of time', async () => {
    const { id } = await progresses(await citizens.apply(), 'finished');
    const { application, entries } = await admin.timeline(id);
    expect(application.steps.filter(({ name }) => !name.startsWith('status')).map(({ name, state }) => `${name} ${state}`)).toEqual([
      'fee done',
      'file done',
      'hand-over done',
      'file-decision-1 done',
    ]);
    const events = entries.map(({ kind, event, step }) => `${kind} ${event} ${step ?? ''}`.trim());
    expect(events).toEqual(
      expect.arrayContaining([
        'journal application.submitted',
        'attempt attempt.ended fee',
        'payment payment.requested fee',
        'attempt attempt.ended file',
        'effect effect.done file',
        'journal pickup.offered hand-over',
        'pickup pickup.item hand-over',
        'journal pickup.acknowledged hand-over',
        'decision decision.stored',
        'journal application.finished',
      ]),
    );
    expect(entries.find(({ kind }) => kind === 'payment')?.data).toMatchObject({ state: 'paid', cents: 2_600, instance: 'epayment' });
    expect(entries.find(({ kind }) => kind === 'decision')?.data).toMatchObject({
      outcome: 'granted',
      documents: [expect.stringMatching(/^Bescheid .*\.pdf$/)],
    });
    expect(entries.find(({ kind, step }) => kind === 'attempt' && step === 'file')?.data).toMatchObject({ number: 1, outcome: 'done' });
    const times = entries.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('see a misconfigured DMS in the probe, resume it when it is repaired, and everything flows on', async () => {
    running.town.dms.fail('unauthorised');
    const parked = await progresses(await citizens.apply(), 'parked');
    const step = await admin.step(parked.id, 'file');
    expect(step).toMatchObject({ state: 'parked', failure: { kind: 'misconfigured' } });
    const { body } = await admin.call<{ instances: { name: string; paused: boolean; parked: number }[] }>('GET', '/ops/instances');
    expect(body.instances.find(({ name }) => name === 'eakte')).toMatchObject({ paused: true, pausedBy: 'hub', parked: 1 });
    const groups = await admin.call<{ groups: unknown[] }>('GET', '/ops/parked');
    expect(groups.body.groups).toEqual([expect.objectContaining({ instance: 'eakte', code: step.failure?.code, count: 1 })]);
    expect(await probeOf('eakte')).toMatchObject({ ok: false });
    running.town.dms.heal();
    expect(await probeOf('eakte')).toMatchObject({ ok: true });
    expect(await resume('eakte')).toMatchObject({ status: 200, body: { paused: false, retried: 1 } });
    await progresses(parked.submissionId, 'finished');
    const { entries } = await admin.timeline(parked.id);
    expect(entries.find(({ event }) => event === 'step.retried')).toMatchObject({
      actor: 'admin:admin',
      step: 'file',
      data: { reason: REASON },
    });
    expect(running.town.dms.books().duplicates).toEqual([]);
  });
  async function probeOf(name: string): Promise<unknown> {
    const { body } = await admin.call<{ probes: { name: string }[] }>('POST', '/ops/probes', { names: [name] });
    return body.probes[0];
  }

  it('retry many parked steps at once, after a count', async () => {
    running.town.dms.fail('unauthorised');
    const sent = [await citizens.apply(), await citizens.apply()];
    for (const id of sent) await eventually(async () => expect(['parked', 'due']).toContain((await stepOf(id, 'file'))?.state));
    await progressOfAny(sent, 'parked');
    running.town.dms.heal();
    const filter = { instance: 'eakte', reason: REASON };
    const counted = await admin.call<{ matched: number; retried: number }>('POST', '/ops/steps/retry', filter);
    expect(counted.body).toMatchObject({ retried: 0 });
    expect(counted.body.matched).toBeGreaterThan(0);
    const done = await admin.call('POST', '/ops/steps/retry', { ...filter, dryRun: false });
    expect(done.body).toMatchObject({ matched: counted.body.matched, retried: counted.body.matched, refused: 0, remaining: 0 });
    await resume('eakte');
    for (const id of sent) await progresses(id, 'finished');
  });
  async function stepOf(submissionId: string, name: string): Promise<{ state: string } | undefined> {
    const { id } = await admin.bySubmission(submissionId);
    return (await admin.timeline(id)).application.steps.find((step) => step.name === name);
  }
  async function progressOfAny(submissionIds: readonly string[], progress: string): Promise<void> {
    await eventually(async () => {
      const all = await Promise.all(submissionIds.map((id) => admin.bySubmission(id)));
      expect(all.map((application) => application.progress)).toContain(progress);
    });
  }

  it('skip a step with a reason, and nobody can skip what is done', async () => {
    await pause('eakte');
    const submissionId = await citizens.apply();
    await eventually(async () => expect(await stepOf(submissionId, 'file')).toMatchObject({ state: 'due' }));
    const { id } = await admin.bySubmission(submissionId);
    const file = await admin.step(id, 'file');
    const skipped = await admin.call('POST', `/ops/steps/${file.id}/skip`, { reason: REASON });
    expect(skipped).toMatchObject({ status: 200, body: { name: 'file', from: 'due', to: 'skipped' } });
    await eventually(async () => expect(await stepOf(submissionId, 'hand-over')).toMatchObject({ state: 'done' }));
    await resume('eakte');
    await progresses(submissionId, 'finished');
    const handOver = await admin.step(id, 'hand-over');
    expect(handOver.actions).toEqual([]);
    const refused = await admin.call('POST', `/ops/steps/${handOver.id}/skip`, { reason: REASON });
    expect(refused).toMatchObject({ status: 409, body: { type: 'urn:amtsbote:problem:step-state', state: 'done' } });
    const wordless = await admin.call('POST', `/ops/steps/${handOver.id}/skip`, {});
    expect(wordless.status).toBe(400);
  });

  it('confirm a parked step that was done by hand', async () => {
    running.town.dms.fail('unauthorised');
    const parked = await progresses(await citizens.apply(), 'parked');
    const file = await admin.step(parked.id, 'file');
    expect(file.actions).toEqual(['retry', 'forceAct', 'confirmDone', 'skip']);
    const confirmed = await admin.call('POST', `/ops/steps/${file.id}/retry`, { reason: REASON, force: 'confirmDone' });
    expect(confirmed).toMatchObject({ status: 200, body: { from: 'parked', to: 'done' } });
    running.town.dms.heal();
    await resume('eakte');
    await progresses(parked.submissionId, 'finished');
    expect(await admin.step(parked.id, 'file')).toMatchObject({ state: 'done', receipt: { confirmedBy: 'admin:admin' } });
  });

  it('offer again what the Fachverfahren gave back', async () => {
    const { town, hub } = running;
    await town.fachverfahren?.stop();
    const submissionId = await citizens.apply();
    await eventually(async () => expect(await stepOf(submissionId, 'hand-over')).toMatchObject({ state: 'awaiting' }));
    const queue = `${hub.url}/pickup/gewerberegister`;
    const headers = { authorization: `Bearer ${town.secrets.TOWN_PICKUP_TOKEN}`, 'content-type': 'application/json' };
    const poll = (await (await fetch(queue, { headers })).json()) as { items: { id: string; leaseId: string }[] };
    const [item] = poll.items;
    const body = JSON.stringify({ leaseId: item?.leaseId, reason: 'wrong register' });
    expect((await fetch(`${queue}/${item?.id}/reject`, { method: 'POST', headers, body })).status).toBe(200);
    const { id } = await progresses(submissionId, 'parked');
    const { entries } = await admin.timeline(id);
    expect(entries.find(({ kind }) => kind === 'pickup')?.data).toMatchObject({
      state: 'rejected',
      reason: 'wrong register',
      deliveries: 1,
    });
    const retried = await admin.call('POST', `/ops/steps/${item?.id}/retry`, { reason: REASON });
    expect(retried.body).toMatchObject({ from: 'parked', to: 'awaiting' });
    const queues = await admin.call<{ queues: unknown[] }>('GET', '/ops/queues');
    expect(queues.body.queues).toEqual([expect.objectContaining({ name: 'gewerberegister', offered: 1, rejected: 0 })]);
    town.openOffice(hub.url);
    await progresses(submissionId, 'finished');
  });

  it('cancel an application: nothing of it goes out any more', async () => {
    await pause('eakte');
    const submissionId = await citizens.apply();
    await eventually(async () => expect(await stepOf(submissionId, 'file')).toMatchObject({ state: 'due' }));
    const { id } = await admin.bySubmission(submissionId);
    const filings = running.town.dms.books().vorgaenge;
    const cancelled = await admin.call('POST', `/ops/applications/${id}/cancel`, { reason: REASON });
    expect(cancelled).toMatchObject({ status: 200, body: { openPayments: 0 } });
    await resume('eakte');
    const { application, entries } = await admin.timeline(id);
    expect(application.progress).toBe('cancelled');
    expect(application.steps.filter(({ state }) => !['done', 'cancelled'].includes(state))).toEqual([]);
    expect(entries.at(-1)).toMatchObject({ event: 'application.cancelled', actor: 'admin:admin', data: { reason: REASON } });
    const again = await admin.call('POST', `/ops/applications/${id}/cancel`, { reason: REASON });
    expect(again).toMatchObject({ status: 409, body: { type: 'urn:amtsbote:problem:application-over' } });
    // Another one that goes through shows that the DMS works again; the cancelled one is not in it.
    await progresses(await citizens.apply(), 'finished');
    expect(running.town.dms.books().vorgaenge).toBe(filings + 1);
  });

  it('give an application that matched no route another one, and the portal hears of it from the start', async () => {
    const lost = await progresses(await citizens.apply('sonstiges'), 'parked');
    expect(lost.route).toBeNull();
    expect(await admin.list({ routed: 'false', tenant: MUSTERSTADT })).toEqual([lost]);
    const reroute = (body: Record<string, unknown>): Promise<unknown> =>
      admin.call('POST', `/ops/applications/${lost.id}/reroute`, { reason: REASON, ...body });
    expect(await reroute({})).toMatchObject({ status: 409, body: { type: 'urn:amtsbote:problem:no-route' } });
    expect(await reroute({ route: 'nowhere' })).toMatchObject({ status: 422 });
    const plan = { route: 'nur-akte', kept: [], cancelled: [], added: ['file'] };
    expect(await reroute({ route: 'nur-akte', dryRun: true })).toMatchObject({ status: 200, body: plan });
    expect((await admin.timeline(lost.id)).application.steps).toEqual([]);
    expect(await reroute({ route: 'nur-akte' })).toMatchObject({ status: 200, body: plan });
    await progresses(lost.submissionId, 'finished');
    const known = running.town.portal.cases.all().find(({ applicationId }) => applicationId === lost.id);
    expect(known?.updates.map(({ data }) => data.state)).toEqual(['SUBMITTED', 'COMPLETED']);
  });

  it('keep what is done when they reroute', async () => {
    await pause('eakte');
    const submissionId = await citizens.apply();
    await eventually(async () => expect(await stepOf(submissionId, 'file')).toMatchObject({ state: 'due' }));
    const { id } = await admin.bySubmission(submissionId);
    const { body } = await admin.call('POST', `/ops/applications/${id}/reroute`, { reason: REASON, route: 'nur-akte' });
    expect(body).toEqual({ route: 'nur-akte', kept: ['file'], cancelled: ['hand-over'], added: [] });
    await resume('eakte');
    await progresses(submissionId, 'finished');
    expect(running.town.duplicateEffects()).toBe(0);
  });

  it('of one municipality see and touch nothing of another', async () => {
    const foreign = await citizens.apply();
    const own = await citizens.apply('andernort');
    const { id } = await admin.bySubmission(foreign);
    expect((await other.list()).map(({ submissionId, tenant }) => [submissionId, tenant])).toEqual([[own, ANDERNORT]]);
    expect(await other.list({ q: foreign })).toEqual([]);
    const step = await admin.step(id, 'fee');
    for (const [method, path] of [
      ['GET', `/ops/applications/${id}`],
      ['GET', `/ops/applications/${id}/timeline`],
      ['POST', `/ops/applications/${id}/cancel`],
      ['POST', `/ops/applications/${id}/reroute`],
      ['POST', `/ops/steps/${step.id}/retry`],
      ['POST', `/ops/steps/${step.id}/skip`],
      ['POST', '/ops/instances/epayment/pause'],
    ] as const)
      expect([path, (await other.call(method, path, method === 'GET' ? undefined : { reason: REASON })).status]).toEqual([
        path,
        path.endsWith('pause') ? 403 : 404,
      ]);
    const bulk = await other.call('POST', '/ops/steps/retry', { reason: REASON, dryRun: false });
    expect(bulk.body).toMatchObject({ matched: 0 });
    expect((await other.call<{ queues: unknown[] }>('GET', '/ops/queues')).body.queues).toEqual([]);
    const overview = await other.call<{ open: { count: number }[] }>('GET', '/ops/overview');
    expect(overview.body.open.map(({ count }) => count)).toEqual([1]);
    await progresses(foreign, 'finished');
  });

  it('log in to the console with a link that works once', async () => {
    const { hub } = running;
    const { body: link } = await admin.call<{ url: string }>('POST', '/ops/login-links');
    const open = (): Promise<Response> => fetch(link.url, { redirect: 'manual' });
    const opened = (await Promise.all([open(), open(), open()])).sort((a, b) => a.status - b.status);
    expect(opened.map(({ status }) => status)).toEqual([303, 401, 401]);
    const setCookie = opened.find(({ status }) => status === 303)?.headers.get('set-cookie') ?? '';
    expect(setCookie).toMatch(/^amtsbote_console=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28\d{3}$/);
    const cookie = setCookie.split(';', 1)[0] ?? '';
    const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(hub.url + path, { method, headers: { cookie, ...headers } })).status;
    expect(await ask('GET', '/ops/applications')).toBe(200);
    expect(await ask('POST', '/ops/probes')).toBe(403);
    expect(await ask('POST', '/ops/probes', { 'x-amtsbote': 'console' })).toBe(200);
    expect(await ask('POST', '/ops/login-links', { 'x-amtsbote': 'console' })).toBe(403);
    expect(await ask('POST', '/ops/logout', { 'x-amtsbote': 'console' })).toBe(204);
    expect(await ask('GET', '/ops/applications')).toBe(401);
    expect((await fetch(`${hub.url}/ops/applications`)).status).toBe(401);
  });

  it('find the interface described', async () => {
    const { body } = await admin.call<{ paths: Record<string, unknown> }>('GET', '/docs-json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/ops/applications', '/ops/steps/{id}/retry', '/ops/instances/{name}/pause']),
    );
    expect((await fetch(`${running.hub.url}/docs`)).status).toBe(200);
  });

  it('never read the name of an applicant, neither in answers nor in the log', () => {
    expect(admin.answers.length).toBeGreaterThan(50);
    expect(logged.length).toBeGreaterThan(10);
    expect([...admin.answers, ...other.answers, ...logged].filter((text) => text.includes(CANARY))).toEqual([]);
  });
});
