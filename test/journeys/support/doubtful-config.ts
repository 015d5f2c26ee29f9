// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse, stringify } from 'yaml';

interface DemoConfig {
  instances: Record<string, object>;
  routes: object[];
}

/**
 * The demo with a DMS whose first answer gets lost and which cannot tell afterwards what became of it; after the filing comes a handing over.
 * Were a filing ever repeated blindly, it would succeed: then nothing would be parked.
 * @param box where the export goes.
 */
export async function doubtfulConfig(box: string): Promise<string> {
  const config = parse(await readFile('config/demo.yaml', 'utf8')) as DemoConfig;
  config.instances['eakte'] = {
    adapter: 'dms-failing',
    retry: { firstMs: 50, maxMs: 200 },
    breaker: { failures: 1_000 },
    options: { mode: 'cannotTell', failures: 1 },
  };
  config.instances['register'] = { adapter: 'export-memory', options: { box } };
  config.routes = [
    {
      name: 'gewerbeanmeldung',
      match: { leikaKeys: ['99050012104000'] },
      reportTo: 'portal',
      completesBy: 'steps',
      steps: [
        { name: 'file', kind: 'filing', instance: 'eakte' },
        { name: 'hand-over', kind: 'export', instance: 'register', after: ['file'] },
      ],
    },
  ];
  const file = join(await mkdtemp(join(tmpdir(), 'amtsbote-config-')), 'hub.yaml');
  await writeFile(file, stringify(config));
  return file;
}
