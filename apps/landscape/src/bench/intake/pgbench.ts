// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Contender } from '../rounds.js';
import type { Stage } from '../stage/stage.js';
import type { IntakeCase } from './requests.js';

const run = promisify(execFile);
const SCRIPT = 'INSERT INTO bare (id, body) VALUES (gen_random_uuid(), :body);\n';

/**
 * What the database alone does: PostgreSQL's own load generator with the bare server's transaction, no HTTP and no Node.
 * @returns how to make a contender of a case; `undefined` when pgbench is not installed.
 */
export async function pgbench(
  stage: Stage,
  databaseUrl: string,
  clients: number,
  say: (line: string) => void,
): Promise<((one: IntakeCase) => Contender) | undefined> {
  const isThere = await run('pgbench', ['--version']).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    say('pgbench is not installed (Debian: postgresql-contrib): no figure of the database alone.');
    return undefined;
  }
  const script = join(await stage.place('pgbench'), 'insert.sql');
  await writeFile(script, SCRIPT);
  return (one) => ({
    name: 'pgbench insert',
    measure: async (seconds) => {
      const { pieces } = await one.request('/', { webhook: 'whsec_', forms: '', pickup: '', ops: '' });
      const body = pieces.map((piece) => Buffer.from(piece, 'base64').toString()).join('00000000-0000-4000-8000-000000000000');
      const { url, password } = withoutPassword(databaseUrl);
      const argv = ['-n', '-f', script, '-M', 'prepared', '-c', String(clients), '-j', '2', '-T', String(Math.max(1, Math.round(seconds)))];
      const { stdout } = await run('pgbench', [...argv, '-D', `body=${body}`, url], { env: { ...process.env, PGPASSWORD: password } });
      const tps = /tps = ([\d.]+)/.exec(stdout)?.[1];
      const latency = /latency average = ([\d.]+) ms/.exec(stdout)?.[1];
      if (tps === undefined || latency === undefined) throw new Error(`pgbench said nothing of its speed: ${stdout}`);
      return { 'req/s': Number(tps), 'mean ms': Number(latency) };
    },
  });
}

/** What stands in arguments, everybody on the machine can read. */
function withoutPassword(databaseUrl: string): { url: string; password: string } {
  const url = new URL(databaseUrl);
  const password = decodeURIComponent(url.password);
  url.password = '';
  return { url: url.href, password };
}
