// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

type Body = Record<string, Record<string, unknown>>;
const read = (name: string): Body => JSON.parse(readFileSync(`libs/adapters/forms-webhook/fixtures/${name}.json`, 'utf8')) as Body;

async function send(endpoint: string, body: unknown, secret = hub.formsCredential().token): Promise<SendingOutcome> {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': 'application/json', accept: 'application/json', authorization: secret };
  return sendTo(`${hub.url}/intake/${endpoint}`, { headers, length: bytes.length, bytes: async function* () { yield bytes; } }); // prettier-ignore
}
function answered(outcome: SendingOutcome): { status: number; body: Record<string, unknown> } {
  if (outcome.kind !== 'answered') throw new Error('no answer came');
  return { status: outcome.status, body: JSON.parse(outcome.body) as Record<string, unknown> };
}
async function counted(): Promise<{ applications: number; files: number }> {
  const { applications, files } = await hub.stored();
  return { applications, files: files.length };
}

describe('gover', () => {
  it('gets the JSON that it reads a file number from, and staff who send again get the same one', async () => {
    const before = await counted();
    const [first, second] = [answered(await send('gover', read('gover'))), answered(await send('gover', read('gover')))];
    expect(first.status).toBe(202);
    expect(first.body).toMatchObject({ fileNumber: expect.stringMatching(/^\S+$/), message: expect.any(String) });
    expect(second).toEqual(first);
    // One application with its PDF and its upload.
    expect(await counted()).toEqual({ applications: before.applications + 1, files: before.files + 2 });
    const { attachments } = await hub.application(String(first.body['applicationId']));
    expect(attachments.map(({ originalName, purpose }) => [originalName, purpose])).toEqual([
      ['Antrag.pdf', 'representation'],
      ['Impfpass.pdf', 'attachment'],
    ]);
  });

  it('sends tests, and they wait before the Fachverfahren', async () => {
    const body = { ...read('gover'), metadata: { ...read('gover')['metadata'], submission_id: 'ein-test', is_test_submission: true } };
    const { applicationId } = answered(await send('gover', body)).body as { applicationId: string };
    await eventually(async () => {
      const [step] = await hub.query<{ state: string; code: string }>(
        "SELECT state, failure->>'code' AS code FROM step WHERE application_id = $1 AND name = 'hand-over'",
        [applicationId],
      );
      expect(step).toEqual({ state: 'parked', code: 'delivery/test-submission' });
    });
  });

  it('is refused with another credential', async () => {
    expect(answered(await send('gover', read('gover'), 'falsch')).status).toBe(401);
  });
});

describe('files in the body of gover', () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) % 256));
  const body = (id: string, base64 = content.toString('base64')): Body => ({
    ...read('gover'),
    metadata: { ...read('gover')['metadata'], submission_id: id },
    data: { ...read('gover')['data'], files: [{ name: 'Plan.bin', base64 }] },
  });

  it('are stored decoded while they come in, once, however often they are sent', async () => {
    const before = await counted();
    const [first, second] = [answered(await send('gover', body('mit-Datei'))), answered(await send('gover', body('mit-Datei')))];
    expect(first.status).toBe(202);
    expect(second).toEqual(first);
    expect(await counted()).toEqual({ applications: before.applications + 1, files: before.files + 2 });
    const application = await hub.application(String(first.body['applicationId']));
    const sha512 = createHash('sha512').update(content).digest('hex');
    expect(application.attachments).toContainEqual(expect.objectContaining({ originalName: 'Plan.bin', size: content.length, sha512 }));
    const repeated = (await hub.journal()).filter(({ event }) => event === 'submission.repeated');
    expect(repeated.at(-1)).toMatchObject({ data: { differs: false } });
  });

  it('leave nothing when the sender is a stranger, the base64 none, or the body no JSON', async () => {
    const before = await counted();
    expect(answered(await send('gover', body('fremd'), 'falsch')).status).toBe(401);
    const spoilt = answered(await send('gover', body('kaputt', `${content.toString('base64', 0, 60_000)}!`)));
    expect(spoilt).toMatchObject({ status: 422, body: { type: 'urn:amtsbote:problem:base64-invalid' } });
    const bytes = Buffer.from(JSON.stringify(body('offen')).slice(0, -1));
    const headers = { 'content-type': 'application/json', authorization: hub.formsCredential().token };
    const cut = answered(await sendTo(`${hub.url}/intake/gover`, { headers, length: bytes.length, bytes: async function* () { yield bytes; } })); // prettier-ignore
    expect(cut.status).toBe(400);
    expect(await counted()).toEqual(before);
  });
});

describe('form.io', () => {
  it('is told that a draft went well, and nothing of it is kept', async () => {
    const before = await counted();
    const draft = { ...read('formio'), submission: { ...read('formio')['submission'], state: 'draft' } };
    expect(answered(await send('formio', draft))).toMatchObject({ status: 201, body: { status: 'PASSED_OVER' } });
    expect(await counted()).toEqual(before);
    expect(hub.log.filter((line) => line.includes('submission.passed-over'))).toHaveLength(1);
  });

  it('sends what was submitted, once for every save', async () => {
    const before = await counted();
    const again = { ...read('formio'), submission: { ...read('formio')['submission'], modified: '2026-01-31T11:00:00.000Z' } };
    for (const body of [read('formio'), read('formio'), again]) expect(answered(await send('formio', body)).status).toBe(201);
    expect((await counted()).applications).toBe(before.applications + 2);
  });
});
