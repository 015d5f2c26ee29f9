// SPDX-License-Identifier: EUPL-1.2
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
