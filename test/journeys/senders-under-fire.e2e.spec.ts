// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

import { type SendingOutcome, sendTo } from '@amtsbote/adapter-kit/testing';
import { formcycleSender, formcycleSubmissions } from '@amtsbote/adapters/forms-formcycle/simulator';
import { webhookSender, webhookSubmissions } from '@amtsbote/adapters/forms-webhook/simulator';
import { describe, expect, it } from '@jest/globals';

import { atTheEnd } from './support/at-the-end.js';
import { HubProcess } from './support/hub-process.js';
import { TestHub } from './support/test-hub.js';

const CONFIG = 'test/fixtures/config/intake.yaml';
const EACH = 20;
const KILLS = 3;

/** One submission, to be sent until somebody says that it is stored. */
interface Sending {
  readonly endpoint: string;
  readonly submissionId: string;
  readonly files: number;
  send(): Promise<SendingOutcome>;
}

function gover(hub: TestHub): Sending[] {
  const fixture = JSON.parse(readFileSync('libs/adapters/forms-webhook/fixtures/gover.json', 'utf8')) as { metadata: object };
  return Array.from({ length: EACH }, (_, index) => {
    const submissionId = `gover-${index}`;
    const body = Buffer.from(JSON.stringify({ ...fixture, metadata: { ...fixture.metadata, submission_id: submissionId } }));
    const headers = { 'content-type': 'application/json', authorization: hub.formsCredential().token };
    const url = `${hub.environment['HUB_URL'] ?? ''}/intake/gover`;
    return {
      endpoint: 'gover',
      submissionId,
      files: 2,
      send: () => sendTo(url, { headers, length: body.length, bytes: async function* () { yield body; } }), // prettier-ignore
    };
  });
}

function workflows(hub: TestHub): Sending[] {
  const auth = { username: 'workflow', password: hub.formsCredential().token };
  const sender = formcycleSender({ url: `${hub.environment['HUB_URL'] ?? ''}/intake/ablauf`, auth });
  // Half of them without files: these come url-encoded.
  const all = [0, 2].flatMap((uploads) => formcycleSubmissions({ count: EACH, seed: 90 + uploads, uploads }));
  return all.map((submission) => ({
    endpoint: 'ablauf',
    submissionId: submission.parameters.find(([name]) => name === 'vorgang')?.[1] ?? '',
    files: submission.files.length,
    send: () => sender.send(submission),
  }));
}

function portal(hub: TestHub): Sending[] {
  const sender = webhookSender({
    url: `${hub.environment['HUB_URL'] ?? ''}/intake/portal`,
    secrets: [hub.environment['PORTAL_SECRET'] ?? ''],
  });
  return webhookSubmissions({ count: EACH, seed: 93 }).map((submission) => {
    const data = submission.body['data'] as { submission: { id: string }; files: unknown[] };
    return {
      endpoint: 'portal',
      submissionId: data.submission.id,
      files: data.files.length,
      send: () => sender.send(submission),
    };
  });
}

describe('a hub that is killed while every kind of sender sends', () => {
  it('has each submission that it answered, once and whole, and takes the others when they are sent again', async () => {
    const hub = atTheEnd(await TestHub.start());
    await hub.halt();
    let process = atTheEnd(await HubProcess.start(hub.environment, CONFIG));
    const sendings = [...gover(hub), ...workflows(hub), ...portal(hub)];
    const unanswered = new Set(sendings);
    let cuts = 0;
    const sendAll = async (): Promise<void> => {
      for (const sending of unanswered) {
        const answer = await sending.send();
        if (answer.kind === 'cut') cuts += 1;
        if (answer.kind === 'answered' && answer.status < 300) unanswered.delete(sending);
      }
    };
    const underWay = Promise.all([sendAll(), sendAll(), sendAll()]);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      await process.kill();
      process = atTheEnd(await HubProcess.start(hub.environment, CONFIG));
    }
    await underWay;
    while (unanswered.size > 0) await sendAll();
    await process.kill();
    // A hub that nobody noticed dying proves nothing.
    expect(cuts).toBeGreaterThan(0);
    await hub.restart();
    const stored = await hub.query<{ endpoint: string; submissionId: string; files: number }>(
      `SELECT endpoint, submission_id AS "submissionId", jsonb_array_length(document->'attachments') AS files FROM application`,
    );
    const facts = (rows: readonly { endpoint: string; submissionId: string; files: number }[]): string[] =>
      rows.map(({ endpoint, submissionId, files }) => `${endpoint} ${submissionId} ${files}`).sort();
    expect(facts(stored)).toEqual(facts(sendings));
    const attachments = await hub.query<{ id: string; size: number }>('SELECT id, size::int AS size FROM attachment');
    expect(attachments).toHaveLength(sendings.reduce((sum, { files }) => sum + files, 0));
    for (const { id, size } of attachments) expect(await hub.bytesOf(id)).toHaveLength(size);
  }, 240_000);
});
