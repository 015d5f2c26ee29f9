// SPDX-License-Identifier: EUPL-1.2
import { readFile, rename, writeFile } from 'node:fs/promises';

import { makeSecrets, type TownSecrets } from '../secrets.js';
import { LaunchError } from './problem.js';

/** The secrets of this installation: made at the first start (readable by this user only), then read; missing ones are added. */
export async function keepSecrets(file: string): Promise<TownSecrets> {
  const made = makeSecrets();
  const known = await readKnown(file);
  const kept = Object.fromEntries(Object.entries(made).map(([name, value]) => [name, known[name] ?? value]));
  if (Object.keys(made).some((name) => known[name] === undefined)) {
    const draft = `${file}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify({ ...known, ...kept }, null, 2)}\n`, { mode: 0o600 });
    await rename(draft, file);
  }
  return kept as unknown as TownSecrets;
}

async function readKnown(file: string): Promise<Record<string, string | undefined>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return JSON.parse(text) as Record<string, string | undefined>;
  } catch {
    throw new LaunchError(`${file} is not JSON any more. Restore it, or delete it together with the data it belongs to.`);
  }
}
