// SPDX-License-Identifier: EUPL-1.2
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The demo's configuration with short leases: what a killed hub held is taken over after seconds. With the leases of a real town a journey
 * in which hubs are killed would mostly wait.
 * @returns the path of the file.
 */
export async function impatientConfig(directory: string): Promise<string> {
  const demo = await readFile('config/demo.yaml', 'utf8');
  // A balancer waits up to a second for an answer before it looks again: hence the longer drain.
  const changes: readonly (readonly [from: string, to: string])[] = [
    ['concurrency: 8', 'concurrency: 8\n    attemptMs: 6000\n    leaseMs: 7000'],
    ['leaseMs: 60000', 'leaseMs: 5000'],
    ["database: { url: '${env:DATABASE_URL}' }", "database: { url: '${env:DATABASE_URL}', statementMs: 4000 }"],
    ['drainMs: 400', 'drainMs: 1500'],
    ['\nbus:\n', '\nbus:\n  leaseMs: 5000\n'],
  ];
  const impatient = changes.reduce((config, [from, to]) => {
    if (!config.includes(from)) throw new Error(`the demo's configuration has no "${from}" any more`);
    return config.replaceAll(from, () => to);
  }, demo);
  const file = join(directory, 'impatient.yaml');
  await writeFile(file, impatient);
  return file;
}
