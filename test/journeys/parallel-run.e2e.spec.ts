// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { run } from '../../apps/cli/src/program.js';
import { eventually } from './support/eventually.js';
import { OpsClient } from './support/ops-client.js';
import { TestHub } from './support/test-hub.js';

let hub: TestHub;
beforeAll(async () => {
  hub = await TestHub.start();
});
afterAll(async () => {
  await hub.stop();
});

interface Matter {
  readonly number: string;
  readonly visitors: string;
}
const matters = (count: number, from = 1): Matter[] =>
  Array.from({ length: count }, (_, index) => ({ number: `VA-${from + index}`, visitors: String(100 + index) }));

/** Through the form system that the service comes from: a workflow that sends as browsers do. */
async function sendOld({ number, visitors }: Matter): Promise<void> {
  const { token } = hub.formsCredential();
  const authorization = `Basic ${Buffer.from(`workflow:${token}`).toString('base64')}`;
  const body = new URLSearchParams({
    vorgang: number,
    formular: 'Veranstaltung',
    tfAktenzeichen: number,
    tfNachname: 'Muster',
    tfBesucher: visitors,
  });
  const { status } = await fetch(`${hub.url}/intake/veranstaltung-alt`, { method: 'POST', headers: { authorization }, body });
  expect(status).toBe(202);
}
/** Through the one it moves to: JSON, its fields cut and named differently. */
async function sendNew({ number, visitors }: Matter): Promise<void> {
  const headers = { authorization: hub.formsCredential().token, 'content-type': 'application/json' };
  const answers = { tfAktenzeichen: number, person: { tfNachname: 'Muster' }, besucher: Number(visitors) };
  const body = JSON.stringify({ id: number, answers });
  const { status } = await fetch(`${hub.url}/intake/veranstaltung-neu`, { method: 'POST', headers, body });
  expect(status).toBe(202);
}
async function amtsbote(...args: string[]): Promise<{ code: number; out: string }> {
  const lines: string[] = [];
  const code = await run(['forms', ...args], {
    environment: { AMTSBOTE_URL: hub.url, AMTSBOTE_TOKEN: hub.environment['OPS_TOKEN'] ?? '' },
    now: () => new Date(),
    out: (text) => void lines.push(text),
    error: (text) => void lines.push(text),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  });
  return { code, out: lines.join('\n') };
}
const BECAUSE = ['--reason', 'the new form is ready'];
const filed = async (): Promise<string[]> => {
  const rows = await hub.query<{ number: string }>(
    "SELECT a.submission_id AS number FROM application a JOIN step s ON s.application_id = a.id WHERE s.name = 'file' AND s.state = 'done'",
  );
  return rows.map(({ number }) => number).sort();
};

describe('a service that moves to another form system', () => {
  it('is compared field by field, switched, and switched back: every matter is filed once, whichever form it came through', async () => {
    const [both, newOnly] = [matters(6), matters(2, 7)];
    for (const matter of both) await sendOld(matter);
    for (const matter of [...both, ...newOnly]) await sendNew(matter);

    const compared = await amtsbote('compare', 'veranstaltungen');
    expect(compared.code).toBe(0);
    expect(compared.out).toContain('6 pairs compared, 0 equal in everything');
    // The number of visitors is found under its new name, and the person's name under its new path.
    expect(compared.out).not.toContain('form/besucher');
    expect(compared.out).not.toContain('Muster');
    await eventually(async () => expect(await filed()).toEqual(both.map(({ number }) => number)));

    const references = async (through: string): Promise<string> => {
      const [row] = await hub.query<{ reference: string }>(
        "SELECT reference FROM application WHERE endpoint = $1 AND submission_id = 'VA-3'",
        [through],
      );
      return row?.reference ?? '';
    };
    const [current, next] = [await references('veranstaltung-alt'), await references('veranstaltung-neu')];
    const pair = await amtsbote('compare', 'veranstaltungen', '--current', current, '--next', next);
    expect(pair.out).toMatch(/equal +form\/tfBesucher = form\/besucher +102 +102/);
    expect(pair.out).toMatch(/equal +form\/tfNachname = form\/person\/tfNachname +"Muster" +"Muster"/);
    expect(await hub.journal('application.compared')).toHaveLength(2);

    // Nobody else delivers what came through the new form alone.
    expect((await amtsbote('settle', 'veranstaltungen', '--release', ...BECAUSE, '--dry-run')).out).toContain('2 fit.');
    expect((await amtsbote('settle', 'veranstaltungen', '--release', ...BECAUSE)).out).toContain('2 of 2 settled');
    expect((await amtsbote('settle', 'veranstaltungen', '--discard', 'paired', ...BECAUSE)).out).toContain('6 of 6 settled');

    expect((await amtsbote('switch', 'veranstaltungen', '--to', 'veranstaltung-neu', ...BECAUSE)).out).toContain(
      'veranstaltung-neu is in charge',
    );
    for (const matter of matters(2, 9)) await sendNew(matter);
    await sendOld({ number: 'VA-9', visitors: '100' });
    expect(await amtsbote('switch', 'veranstaltungen', '--to', 'veranstaltung-neu', ...BECAUSE)).toMatchObject({ code: 1 });
    expect((await amtsbote('switch', 'veranstaltungen', '--to', 'veranstaltung-alt', ...BECAUSE)).code).toBe(0);
    await sendOld({ number: 'VA-11', visitors: '100' });

    const expected = [...both, ...newOnly, ...matters(3, 9)].map(({ number }) => number).sort();
    await eventually(async () => expect(await filed()).toEqual(expected), 20_000);
    expect((await amtsbote('runs')).out).toMatch(/veranstaltungen +veranstaltung-alt → veranstaltung-neu +veranstaltung-alt +7 +1 +3 +0/);
  }, 120_000);

  it('is not decided on by a slip of the hand', async () => {
    expect(await amtsbote('settle', 'veranstaltungen', ...BECAUSE)).toMatchObject({ code: 2 });
    expect(await amtsbote('compare', 'veranstaltungen', '--current', 'x')).toMatchObject({ code: 2 });
    expect(await amtsbote('compare', 'nirgends')).toMatchObject({ code: 1, out: expect.stringContaining('no such parallel run') });
    const admin = new OpsClient(hub.url, hub.environment['OPS_TOKEN'] ?? '');
    const order = { which: 'alone', end: 'release', reason: 'without saying dryRun' };
    const { body } = await admin.call('POST', '/ops/parallel-runs/veranstaltungen/settle', order);
    expect(body).toMatchObject({ settled: 0 });
    expect((await admin.call('POST', '/ops/parallel-runs/veranstaltungen/settle', { ...order, which: 'paired' })).status).toBe(422);
    expect((await admin.call('POST', '/ops/parallel-runs/veranstaltungen/settle', { ...order, which: 'everything' })).status).toBe(400);
  });
});
