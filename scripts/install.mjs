// SPDX-License-Identifier: EUPL-1.2
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { hashOf, isStarted, ROOT, run, runMain, ScriptError } from './lib/house.mjs';
import { withLock } from './lib/lock.mjs';

const MODULES = join(ROOT, 'node_modules');
const STAMP = join(MODULES, '.amtsbote-lock-hash');
/** Nest 12 and the native modules are tried with this one; it comes as a package, so the host needs only Node 20. */
const NODE_MAJOR = 24;

/**
 * Installs what package-lock.json names, if it is not there yet. A second start meanwhile waits for the first. A node_modules that is a
 * symbolic link belongs to somebody else: it is used as it is.
 * @throws ScriptError with what to do.
 */
export async function ensureInstalled() {
  if (isForeign() || isCurrent()) return;
  await withLock('install', async () => {
    if (isCurrent()) return;
    if (!isInstalledByHand()) await install();
    writeFileSync(STAMP, lockHash());
  });
}

/** The Node that runs the product and its tools: the installed one, or the one running now if that is new enough. */
export function nodeBinary() {
  const installed = join(MODULES, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(installed)) return installed;
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath;
  throw new ScriptError(`Node ${NODE_MAJOR} is missing: ${installed} was not installed, and this is Node ${process.versions.node}.`);
}

/** The environment in which tools find each other and Node 24 first. */
export function toolEnvironment(more = {}) {
  return { ...process.env, PATH: [join(MODULES, '.bin'), process.env.PATH ?? ''].join(delimiter), ...more };
}

async function install() {
  console.log('Installing packages (npm ci) …');
  // node_modules/.bin/node, first in the PATH under "npm test", is deleted by npm ci: the host's own Node has to run it.
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.startsWith(MODULES));
  const env = { ...process.env, PATH: path.join(delimiter), npm_config_loglevel: 'error' };
  // --include=dev: the tools are needed to build, whatever NODE_ENV or npm's own settings say.
  const npm = (command) => run('npm', [...command, '--include=dev', '--no-audit', '--no-fund'], { env });
  let { code, output } = await npm(['ci']);
  // npm ci refuses a lock file as incomplete when the registry lacks an optional package of another platform. npm install takes the same
  // locked versions, with the same integrity hashes.
  if (code !== 0 && /EUSAGE[^]*Missing: .* from lock file/.test(output)) ({ code, output } = await npm(['install', '--no-save']));
  if (code === 0) return;
  if (code === 127) throw new ScriptError('npm was not found. Amtsbote needs Node 20 or newer with npm: https://nodejs.org');
  throw new ScriptError(
    `${output.trim().split('\n').slice(-15).join('\n')}\nThe packages could not be installed (npm ended with ${code}, see above). ` +
      'The package registry has to be reachable for the first start; then try again.',
  );
}

function isForeign() {
  if (!lstatSync(MODULES, { throwIfNoEntry: false })?.isSymbolicLink()) return false;
  if (existsSync(MODULES)) return true;
  throw new ScriptError(`${MODULES} is a symbolic link to nothing. Remove it, or bring back what it points to.`);
}

function lockHash() {
  return hashOf(readFileSync(join(ROOT, 'package-lock.json')));
}

function isCurrent() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === lockHash();
}

/** Whether an `npm ci` typed by a person already installed exactly what package-lock.json names: npm keeps its own record of that. */
function isInstalledByHand() {
  const record = join(MODULES, '.package-lock.json');
  if (!existsSync(record)) return false;
  const packagesOf = (path) => JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  const [wanted, present] = [packagesOf(join(ROOT, 'package-lock.json')), packagesOf(record)];
  const isSame = (path) => wanted[path]?.version === present[path]?.version && wanted[path]?.integrity === present[path]?.integrity;
  const mayBeAbsent = (path) => path === '' || (wanted[path].optional === true && present[path] === undefined);
  return Object.keys(present).every(isSame) && Object.keys(wanted).every((path) => mayBeAbsent(path) || isSame(path));
}

if (isStarted(import.meta.url)) await runMain(async () => ensureInstalled());
