// SPDX-License-Identifier: EUPL-1.2
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { ROOT, ScriptError } from './house.mjs';

const WAIT_MS_MAX = 10 * 60_000;
const POLL_MS = 200;

/**
 * Does something that must not run twice at a time on this machine and in this directory (installing, building). Others wait; a lock whose
 * owner died is taken over.
 * @throws ScriptError when somebody holds it for more than ten minutes.
 */
export async function withLock(name, action) {
  const directory = join(ROOT, 'var');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, `${name}.lock`);
  const giveUpAt = Date.now() + WAIT_MS_MAX;
  while (!acquired(path)) {
    if (Date.now() > giveUpAt) throw new ScriptError(`${path} has been held for ten minutes. If nothing runs any more, delete it.`);
    await sleep(POLL_MS);
  }
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquired(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = ownerOf(path);
  if (owner === undefined || isAlive(owner)) return false;
  takeAway(path, owner);
  return false;
}

/** Removes a dead owner's lock; if somebody else was faster and holds it now, it is put back. */
function takeAway(path, deadOwner) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (ownerOf(aside) === deadOwner) rmSync(aside);
    else renameSync(aside, path);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** `undefined` while the lock is being written or is gone already. */
function ownerOf(path) {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
