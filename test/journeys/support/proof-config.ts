// SPDX-License-Identifier: EUPL-1.2
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SftpDmsSimulator } from '@amtsbote/adapters/dms-sftp/simulator';
import { parse, stringify } from 'yaml';

interface DemoConfig {
  instances: Record<string, object>;
  routes: object[];
}

/** The demo with a tree of folders on an SFTP server for a DMS, of which every filing is read back, and nothing else to be done. */
export async function proofConfig({ port, username, password, hostKey, directory }: SftpDmsSimulator): Promise<string> {
  const config = parse(await readFile('config/demo.yaml', 'utf8')) as DemoConfig;
  config.instances['eakte'] = {
    adapter: 'dms-sftp',
    retry: { firstMs: 50, maxMs: 200 },
    breaker: { failures: 1_000 },
    readBack: { policy: 'always' },
    options: {
      ...{ host: '127.0.0.1', port, username, password, hostKeys: [hostKey], directory },
      akte: { folder: '"Gewerbeakte " + application.tenant' },
    },
  };
  config.routes = [
    {
      name: 'gewerbeanmeldung',
      match: { leikaKeys: ['99050012104000'] },
      reportTo: 'portal',
      completesBy: 'steps',
      steps: [{ name: 'file', kind: 'filing', instance: 'eakte' }],
    },
  ];
  const file = join(await mkdtemp(join(tmpdir(), 'amtsbote-config-')), 'hub.yaml');
  await writeFile(file, stringify(config));
  return file;
}
