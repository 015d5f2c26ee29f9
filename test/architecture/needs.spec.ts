// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { ROOT } from './tree.js';

/** A machine as far as installing is concerned. */
interface Machine {
  readonly isRoot: boolean;
  readonly isDebian: boolean;
  /** Exit codes of apt-get's calls, in order; the last one for all further ones. */
  readonly aptCodes?: readonly number[];
  /** How often is looked in vain. */
  readonly missingFor: number;
}

/** Asks scripts/lib/debian.mjs for a server on this machine. */
async function wanting({ isRoot, isDebian, aptCodes = [0], missingFor }: Machine): Promise<{ outcome: string; calls: string[] }> {
  const script = `
    import { findOrInstall } from ${JSON.stringify(pathToFileURL(join(ROOT, 'scripts/lib/debian.mjs')).href)};
    const calls = [];
    const codes = ${JSON.stringify(aptCodes)};
    const machine = {
      isRoot: () => ${isRoot},
      isDebian: () => ${isDebian},
      aptGet: async (args) => {
        calls.push(args.join(' '));
        return { code: codes.length > 1 ? codes.shift() : codes[0], output: 'E: the mirror is gone' };
      },
    };
    let looks = 0;
    const find = () => (looks++ < ${missingFor} ? undefined : '/usr/bin/clamd');
    console.log = () => undefined;
    const wanted = { name: 'ClamAV', aptPackage: 'clamav-daemon', find, missing: 'there is no /usr/bin/clamd' };
    const outcome = await findOrInstall(wanted, machine).catch((error) => error.name + ': ' + error.message);
    process.stdout.write(JSON.stringify({ outcome, calls }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  return JSON.parse(stdout) as { outcome: string; calls: string[] };
}

const INSTALL = 'install -y --no-install-recommends clamav-daemon';

describe('what tests need beyond npm', () => {
  it('is used where it is, and nothing is installed', async () => {
    expect(await wanting({ isRoot: true, isDebian: true, missingFor: 0 })).toEqual({ outcome: '/usr/bin/clamd', calls: [] });
  });

  it('is installed by root on Debian, with fresh package lists when it does not work without', async () => {
    expect(await wanting({ isRoot: true, isDebian: true, missingFor: 1 })).toEqual({ outcome: '/usr/bin/clamd', calls: [INSTALL] });
    expect(await wanting({ isRoot: true, isDebian: true, missingFor: 1, aptCodes: [100, 0] })).toEqual({
      outcome: '/usr/bin/clamd',
      calls: [INSTALL, 'update', INSTALL],
    });
  });

  it.each([
    ['nobody but root may install', { isRoot: false, isDebian: true }, 'there is no /usr/bin/clamd. As root: apt-get install'],
    ['this is no Debian', { isRoot: true, isDebian: false }, 'there is no /usr/bin/clamd. Install it; on Debian: apt-get install'],
  ])('is named with the command that installs it when %s', async (_why, machine, words) => {
    const { outcome, calls } = await wanting({ ...machine, missingFor: 9 });
    expect(outcome).toMatch(/^ScriptError: ClamAV is missing: /);
    expect(outcome).toContain(words);
    expect(outcome).toContain('--no-install-recommends clamav-daemon');
    expect(calls).toEqual([]);
  });

  it('is named with what apt-get said when it cannot be installed, or does not bring what is wanted', async () => {
    const refused = await wanting({ isRoot: true, isDebian: true, missingFor: 9, aptCodes: [100] });
    expect(refused.outcome).toMatch(/^ScriptError: [\s\S]*the mirror is gone[\s\S]* ended with code 100/);
    const useless = await wanting({ isRoot: true, isDebian: true, missingFor: 9 });
    expect(useless.outcome).toContain('clamav-daemon is installed, and still ClamAV is missing');
  });
});
