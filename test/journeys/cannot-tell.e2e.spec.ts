// SPDX-License-Identifier: EUPL-1.2
import { BoxSimulator } from '@amtsbote/adapters/export-memory/simulator';
import type { ApplicationSummary } from '@amtsbote/ops-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { run } from '../../apps/cli/src/program.js';
import { doubtfulConfig } from './support/doubtful-config.js';
import { eventually } from './support/eventually.js';
import { JumpingClock } from './support/jumping-clock.js';
import { OpsClient } from './support/ops-client.js';
import { type RunningTown, startTown } from './support/running-town.js';
import { Citizens } from './support/two-towns.js';

const CANNOT_TELL = 'delivery/cannot-tell';
const DAY_MS = 86_400_000;

describe('a filing whose outcome the DMS itself cannot tell', () => {
  const clock = new JumpingClock();
  const register = new BoxSimulator();
  let running: RunningTown;
  let admin: OpsClient;
  let citizens: Citizens;

  beforeAll(async () => {
    const configFile = await doubtfulConfig(register.name);
    running = await startTown({ configFile, clock, officeOpen: false, habits: { nowMs: clock.nowMs, toleranceMs: DAY_MS } });
    const { hub, town } = running;
    admin = new OpsClient(hub.url, town.secrets.HUB_OPS_TOKEN);
    citizens = new Citizens(hub.url, town.secrets.TOWN_FORMS_TOKEN);
  });
  afterAll(async () => {
    await running.stop();
    await register.stop();
  });

  async function progresses(submissionId: string, progress: string): Promise<ApplicationSummary> {
    await eventually(async () => expect((await admin.bySubmission(submissionId)).progress).toBe(progress));
    return admin.bySubmission(submissionId);
  }
  async function anApplicationInDoubt(): Promise<ApplicationSummary> {
    return progresses(await citizens.apply(), 'parked');
  }
  /** Outcomes of the attempts to file, in order. */
  async function attemptsOf({ id }: ApplicationSummary): Promise<unknown[]> {
    const { entries } = await admin.timeline(id);
    return entries.filter(({ event, step }) => event === 'attempt.ended' && step === 'file').map(({ data }) => data['outcome']);
  }
  /** A command at the command line. @returns what it shows. */
  async function amtsbote(...args: string[]): Promise<string> {
    const lines: string[] = [];
    await run(args, {
      environment: { AMTSBOTE_URL: running.hub.url, AMTSBOTE_TOKEN: running.town.secrets.HUB_OPS_TOKEN },
      now: () => clock.now(),
      out: (text) => void lines.push(text),
      error: (text) => void lines.push(text),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    return lines.join('\n');
  }
  /** Everything after the filing took place, once, and the citizen sees the end. */
  async function goesOnToTheEnd({ id, submissionId }: ApplicationSummary): Promise<void> {
    await progresses(submissionId, 'finished');
    expect(await admin.step(id, 'hand-over')).toMatchObject({ state: 'done' });
    const { town } = running;
    await eventually(() => {
      const known = town.portal.cases.all().find(({ applicationId }) => applicationId === id);
      expect(known?.updates.at(-1)?.data.state).toBe('COMPLETED');
    });
    expect(town.duplicateEffects()).toBe(0);
  }

  it('is asked for once, then stands before a person, with the reason, in console and command line', async () => {
    const application = await anApplicationInDoubt();
    const step = await admin.step(application.id, 'file');
    expect(step).toMatchObject({
      state: 'parked',
      failure: { kind: 'outcomeUnknown', code: CANNOT_TELL, hintKey: 'cannotTell' },
      actions: ['retry', 'forceAct', 'confirmDone', 'skip'],
    });
    expect(await attemptsOf(application)).toEqual(['outcomeUnknown', 'outcomeUnknown']);
    const { body } = await admin.call<{ groups: unknown[] }>('GET', '/ops/parked');
    expect(body.groups).toEqual([expect.objectContaining({ instance: 'eakte', code: CANNOT_TELL, count: 1 })]);
    expect(await amtsbote('parked')).toMatch(/1 +eakte +delivery\/cannot-tell .*The target cannot tell whether "file" already happened\./);
    expect(await amtsbote('show', application.submissionId)).toMatch(/file +eakte +parked/);
    expect(await admin.list({ instance: 'eakte', code: CANNOT_TELL, progress: 'parked' })).toEqual([application]);
  });

  it('is not repeated by time, and holds up nobody else', async () => {
    const application = await anApplicationInDoubt();
    const before = await attemptsOf(application);
    clock.jump(60 * DAY_MS);
    // One that comes later goes the same way: by then the hub has looked at everything that is due.
    await anApplicationInDoubt();
    expect(await attemptsOf(application)).toEqual(before);
    expect(await admin.step(application.id, 'file')).toMatchObject({ state: 'parked' });
    expect(await admin.step(application.id, 'hand-over')).toMatchObject({ state: 'waiting' });
  });

  it('is only asked for again by a plain retry, and comes back to the person', async () => {
    const application = await anApplicationInDoubt();
    expect(await amtsbote('retry', application.submissionId, '--reason', 'the DMS was updated')).toBe('file: parked → inDoubt');
    await eventually(async () => expect(await attemptsOf(application)).toHaveLength(3));
    await progresses(application.submissionId, 'parked');
    expect(await admin.step(application.id, 'file')).toMatchObject({ state: 'parked', failure: { code: CANNOT_TELL } });
  });

  it('goes on without it when a person has looked: "it is there"', async () => {
    const application = await anApplicationInDoubt();
    const skipped = await amtsbote('skip', application.submissionId, '--reason', 'it is there, I have looked');
    expect(skipped).toBe('file: parked → skipped');
    await goesOnToTheEnd(application);
    const { entries } = await admin.timeline(application.id);
    expect(entries.find(({ event }) => event === 'step.skipped')).toMatchObject({
      actor: 'admin:admin',
      data: { reason: 'it is there, I have looked', code: CANNOT_TELL },
    });
    expect(await attemptsOf(application)).toHaveLength(2);
  });

  it('counts as done when a person confirms it, and the receipt says who', async () => {
    const application = await anApplicationInDoubt();
    const { id } = await admin.step(application.id, 'file');
    await admin.call('POST', `/ops/steps/${id}/retry`, { reason: 'it is there', force: 'confirmDone' });
    await goesOnToTheEnd(application);
    expect(await admin.step(application.id, 'file')).toMatchObject({ state: 'done', receipt: { confirmedBy: 'admin:admin' } });
  });

  it('is done when a person knows that it is not there', async () => {
    const application = await anApplicationInDoubt();
    const { id } = await admin.step(application.id, 'file');
    await admin.call('POST', `/ops/steps/${id}/retry`, { reason: 'it is not there', force: 'act' });
    await goesOnToTheEnd(application);
    expect(await attemptsOf(application)).toEqual(['outcomeUnknown', 'outcomeUnknown', 'done']);
  });
});
