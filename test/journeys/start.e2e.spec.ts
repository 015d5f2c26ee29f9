// SPDX-License-Identifier: EUPL-1.2
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';

interface Started {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

/** `npm start -- …` without npm, on the tests' own PostgreSQL: --once takes a database of its own there. Needs the build. */
function start(...args: string[]): Started {
  const env = { ...process.env, DATABASE_URL: process.env['TEST_POSTGRES_URL'], npm_lifecycle_event: undefined };
  const child = spawn(process.execPath, ['dist/apps/landscape/src/start.js', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { process: child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

/** Process ids of hubs whose launcher has this process id, while it lives or (then adopted by init) by what they write. */
function hubsOf(launcher: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return command.includes('end-with-launcher') && environment.includes(`amtsbote-once-${launcher}-`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

const onLinux = process.platform === 'linux' ? describe : describe.skip;

describe('npm start -- --once', () => {
  it('brings every sample application everywhere once, and says so in its last line', async () => {
    const { output, ended } = start('--once', '--samples', '3');
    expect({ code: await ended, output: output() }).toMatchObject({ code: 0 });
    const last = JSON.parse(output().trimEnd().split('\n').at(-1) ?? '') as object;
    expect(last).toEqual({ received: 3, completed: 3, lost: 0, duplicateEffects: 0, parked: 0, seconds: expect.any(Number) });
  }, 90_000);

  it('fails with the same line when the time is over', async () => {
    const { output, ended } = start('--once', '--limit', '1');
    expect(await ended).toBe(1);
    expect(output()).toContain('Not everything arrived within 1 s.');
    expect(JSON.parse(output().trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ completed: 0, duplicateEffects: 0 });
  }, 60_000);

  it('says what it does not understand', async () => {
    const { output, ended } = start('--onec');
    expect(await ended).toBe(1);
    expect(output()).toContain("Unknown option '--onec'");
    expect(output()).not.toContain('    at ');
  });
});

onLinux('a launcher that is ended while it works (process list of Linux)', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'by %s leaves no hub behind',
    async (signal) => {
      const launcher = start('--once');
      const pid = launcher.process.pid ?? 0;
      await eventually(() => expect(hubsOf(pid)).toHaveLength(1), 30_000);
      launcher.process.kill(signal);
      await launcher.ended;
      await eventually(() => expect(hubsOf(pid)).toEqual([]), 30_000);
      // The next --once would do it: what was killed could not remove its directory.
      const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`amtsbote-once-${pid}-`));
      expect(left).toHaveLength(signal === 'SIGKILL' ? 1 : 0);
      for (const name of left) rmSync(join(tmpdir(), name), { recursive: true });
    },
    90_000,
  );
});
