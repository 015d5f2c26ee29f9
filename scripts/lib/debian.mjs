// SPDX-License-Identifier: EUPL-1.2
import { existsSync } from 'node:fs';

import { run, ScriptError } from './house.mjs';

/** A mirror that answers slowly is waited for, one that never answers is not. */
const APT_MS_MAX = 10 * 60_000;
const OUTPUT_LINES_MAX = 30;

/** What the machine is, and how it installs; tests bring one of their own. */
export const THIS_MACHINE = {
  isRoot: () => process.getuid?.() === 0,
  isDebian: () => existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get'),
  aptGet: (args) =>
    run('/usr/bin/apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_MODE: 'l' },
      signal: AbortSignal.timeout(APT_MS_MAX),
    }),
};

/**
 * Something that a real test needs and npm does not bring: found on the machine, or installed from its Debian package when this is root.
 * @template Found
 * @param {{ name: string, aptPackage: string, find: () => Found | undefined, missing: string }} wanted `name` as people call it; `missing`
 *   says what was looked for where.
 * @returns {Promise<Found>} what `find` says.
 * @throws ScriptError with what is missing and the command that installs it.
 */
export async function findOrInstall({ name, aptPackage, find, missing }, machine = THIS_MACHINE) {
  const found = find();
  if (found !== undefined) return found;
  const command = `apt-get install --no-install-recommends ${aptPackage}`;
  const lacking = `${name} is missing: ${missing}.`;
  if (!machine.isDebian()) throw new ScriptError(`${lacking} Install it; on Debian: ${command}`);
  if (!machine.isRoot()) throw new ScriptError(`${lacking} As root: ${command}`);
  console.log(`${lacking} Installing the Debian package ${aptPackage} …`);
  await install(aptPackage, command, machine);
  const installed = find();
  if (installed !== undefined) return installed;
  throw new ScriptError(`The Debian package ${aptPackage} is installed, and still ${lacking}`);
}

/** The package lists may be old or, in a fresh container, not there at all: they are fetched when it does not work without. */
async function install(aptPackage, command, { aptGet }) {
  const attempt = () => aptGet(['install', '-y', '--no-install-recommends', aptPackage]);
  let { code, output } = await attempt();
  if (code !== 0) {
    const update = await aptGet(['update']);
    ({ code, output } = await attempt());
    output = `${update.output}${output}`;
  }
  if (code === 0) return;
  const lines = output.trim().split('\n').slice(-OUTPUT_LINES_MAX).join('\n');
  throw new ScriptError(`${lines}\n"${command}" ended with code ${code} (see above). Mend that, or install ${aptPackage} by hand.`);
}
