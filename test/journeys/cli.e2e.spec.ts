// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { FormVersionView } from '@amtsbote/ops-api';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { run } from '../../apps/cli/src/program.js';
import { freePort } from '../../apps/landscape/src/free-port.js';
import { eventually } from './support/eventually.js';
import { type RunningTown, startTown } from './support/running-town.js';
import { CANARY, Citizens, twoTownsConfig } from './support/two-towns.js';

/** One call of the command line. */
interface Call {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

describe('the command line', () => {
  let running: RunningTown;
  let citizens: Citizens;
  const shown: string[] = [];
  beforeAll(async () => {
    running = await startTown({ configFile: await twoTownsConfig() });
    citizens = new Citizens(running.hub.url, running.town.secrets.TOWN_FORMS_TOKEN);
  });
  afterAll(async () => {
    await running.stop();
  });

  async function amtsbote(args: readonly string[], environment: Record<string, string> = {}): Promise<Call> {
    const [out, error]: [string[], string[]] = [[], []];
    const code = await run(args, {
      environment: { AMTSBOTE_URL: running.hub.url, AMTSBOTE_TOKEN: running.town.secrets.HUB_OPS_TOKEN, ...environment },
      now: () => new Date(),
      out: (text) => void out.push(text),
      error: (text) => void error.push(text),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    shown.push(...out, ...error);
    return { code, out: out.join('\n'), error: error.join('\n') };
  }
  const because = ['--reason', 'agreed on the phone'];

  it('finds an application and tells its story', async () => {
    const submissionId = await citizens.apply();
    await eventually(async () => expect((await amtsbote(['list', submissionId])).out).toContain('finished'));
    const listed = await amtsbote(['list', submissionId, '--json']);
    const { items } = JSON.parse(listed.out) as { items: { reference: string }[] };
    const story = await amtsbote(['show', items[0]?.reference.toLowerCase() ?? '']);
    expect(story.code).toBe(0);
    for (const part of ['fee', 'file', 'hand-over', 'attempt.ended', 'pickup.acknowledged', 'application.finished', submissionId])
      expect(story.out).toContain(part);
  });

  it('tries where an application would be filed, without filing it and without showing people', async () => {
    const submissionId = await citizens.apply();
    await eventually(async () => expect((await amtsbote(['list', submissionId])).out).toContain('finished'));
    const before = running.town.dms.books();
    const tried = await amtsbote(['filing', 'try', '--application', submissionId]);
    expect(tried).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was filed. What depends on personal data is hidden.') });
    for (const part of ['file → eakte', 'cabinet', 'Akte', 'Vorgang', 'applicationData', '(personal, ']) expect(tried.out).toContain(part);
    expect(await amtsbote(['filing', 'try'])).toMatchObject({ code: 2, error: 'Give either --application or --file.' });
    expect(await amtsbote(['filing', 'try', '--application', submissionId, '--route', 'nirgends'])).toMatchObject({ code: 1 });
    expect(running.town.dms.books()).toEqual(before);
  });

  it('pauses, skips, cancels and resumes, each with a reason', async () => {
    expect(await amtsbote(['pause', 'eakte'])).toMatchObject({ code: 2 });
    expect(await amtsbote(['pause', 'eakte', ...because])).toMatchObject({ code: 0, out: 'eakte is paused. Its steps wait.' });
    const [skipped, cancelled] = [await citizens.apply(), await citizens.apply()];
    for (const id of [skipped, cancelled])
      await eventually(async () => expect((await amtsbote(['show', id])).out).toMatch(/file +eakte +due/));
    expect((await amtsbote(['instances'])).out).toMatch(/eakte +paused \(agreed on the phone\) +2/);
    expect(await amtsbote(['skip', skipped, 'file', ...because])).toMatchObject({ code: 0, out: 'file: due → skipped' });
    expect((await amtsbote(['cancel', cancelled, ...because])).out).toMatch(/is cancelled/);
    expect(await amtsbote(['cancel', cancelled, ...because])).toMatchObject({ code: 1, error: 'Conflict: The application is cancelled.' });
    expect(await amtsbote(['resume', 'eakte', ...because])).toMatchObject({ code: 0 });
    await eventually(async () => expect((await amtsbote(['list', skipped])).out).toContain('finished'));
  });

  it('probes, and says by its exit code that something is wrong', async () => {
    expect((await amtsbote(['probe'])).code).toBe(0);
    running.town.dms.fail('unauthorised');
    const probed = await amtsbote(['probe', 'eakte']);
    expect(probed.code).toBe(4);
    expect(probed.out).toMatch(/^✗ eakte/);
    const submissionId = await citizens.apply();
    await eventually(async () => expect((await amtsbote(['parked'])).out).toContain('dms-nscale/'));
    running.town.dms.heal();
    expect(await amtsbote(['retry', submissionId, ...because])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^file: parked → due$/),
    });
    expect((await amtsbote(['resume', 'eakte', ...because])).code).toBe(0);
    await eventually(async () => expect((await amtsbote(['list', submissionId])).out).toContain('finished'));
    expect(await amtsbote(['retry', submissionId, ...because])).toMatchObject({ code: 1, error: expect.stringContaining('Which step of') });
  });

  it('reroutes what no route matched', async () => {
    const submissionId = await citizens.apply('sonstiges');
    expect((await amtsbote(['parked'])).out).toContain('routing/no-route');
    expect(await amtsbote(['reroute', submissionId, ...because])).toMatchObject({
      code: 1,
      error: expect.stringContaining('No route matches'),
    });
    const preview = await amtsbote(['reroute', submissionId, '--route', 'nur-akte', '--dry-run', ...because]);
    expect(preview.out).toMatch(/would go by nur-akte.*New: file\./);
    expect((await amtsbote(['reroute', submissionId, '--route', 'nur-akte', ...because])).code).toBe(0);
    await eventually(async () => expect((await amtsbote(['list', submissionId])).out).toContain('finished'));
  });

  it('shows queues and dead letters, counts before it retries many, and makes a login link', async () => {
    expect((await amtsbote(['queues'])).out).toContain('gewerberegister');
    expect((await amtsbote(['dead-letters'])).out).toBe('No dead letters.');
    expect((await amtsbote(['dead-letters', '--redrive', ...because])).out).toMatch(/^0 messages/);
    expect((await amtsbote(['retry-all', '--instance', 'eakte', '--dry-run', ...because])).out).toMatch(/^0 parked steps fit/);
    expect((await amtsbote(['login-link'])).out).toMatch(/\/console\/login\?token=[\w-]{43}\n/);
  });

  it('tells which forms came in with which fields', async () => {
    const [version] = JSON.parse((await amtsbote(['coverage', '--endpoint', 'gewerbe', '--json'])).out) as FormVersionView[];
    expect(version).toMatchObject({ endpoint: 'gewerbe', notices: expect.any(Number) });
    expect((await amtsbote(['coverage', version?.id ?? ''])).out).toMatch(/FIELD +BECOMES/);
  });

  it('tries a mapping on a file: nothing is stored', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'amtsbote-try-'));
    try {
      const [file, mapping] = [join(directory, 'sent.bin'), join(directory, 'mapping.yaml')];
      const formData = await readFile('libs/adapters/forms-ozg-cloud/fixtures/gewerbeanmeldung.json', 'utf8');
      await writeFile(file, `--b\r\nContent-Disposition: form-data; name="formData"\r\n\r\n${formData}\r\n--b--\r\n`);
      await writeFile(mapping, 'version: 1\nserviceName: { text: Probe einer Abbildung }\n');
      const before = JSON.parse((await amtsbote(['list', '--json'])).out) as unknown;
      const tried = await amtsbote(['mapping', 'try', '--endpoint', 'gewerbe', '--file', file, '--mapping', mapping]);
      expect(tried).toMatchObject({ code: 0, out: expect.stringContaining('Probe einer Abbildung') });
      expect(tried.out).toContain('nothing was stored');
      expect(JSON.parse((await amtsbote(['list', '--json'])).out)).toEqual(before);
      await writeFile(mapping, 'version: 2\n');
      expect(await amtsbote(['mapping', 'try', '--endpoint', 'gewerbe', '--file', file, '--mapping', mapping])).toMatchObject({ code: 1 });
      expect((await amtsbote(['mapping', 'try', '--endpoint', 'nobody', '--file', file])).code).toBe(1);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('says in one sentence what is wrong', async () => {
    const port = await freePort();
    const cases = [
      await amtsbote(['list'], { AMTSBOTE_TOKEN: 'not-the-token' }),
      await amtsbote(['list'], { AMTSBOTE_TOKEN: '' }),
      await amtsbote(['list'], { AMTSBOTE_URL: `http://127.0.0.1:${port}` }),
      await amtsbote(['show', 'nothing-like-that']),
    ];
    expect(cases.map(({ code }) => code)).toEqual([3, 2, 3, 1]);
    expect(cases.map(({ out }) => out)).toEqual(['', '', '', '']);
    expect(cases.map(({ error }) => error.split('\n').length)).toEqual([1, 1, 1, 1]);
    expect((await amtsbote(['dance'])).code).toBe(2);
    expect(await amtsbote(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('Exit codes') });
  });

  it('never shows the name of an applicant', () => {
    expect(shown.filter((text) => text.includes(CANARY))).toEqual([]);
  });

  it('ends without a word when nobody reads its output any more (write EPIPE)', async () => {
    const child = spawn('sh', ['-c', `"${process.execPath}" dist/apps/cli/src/main.js --help | true`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    const [code] = (await once(child, 'close')) as [number];
    expect([code, Buffer.concat(said).toString()]).toEqual([0, '']);
  });
});
