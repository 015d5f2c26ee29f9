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
  const impatient = demo
    .replaceAll('concurrency: 8', 'concurrency: 8\n    attemptMs: 6000\n    leaseMs: 7000')
    .replace('leaseMs: 60000', 'leaseMs: 5000')
    .replace("database: { url: '${env:DATABASE_URL}' }", "database: { url: '${env:DATABASE_URL}', statementMs: 4000 }")
    .replace('bus: { ', 'bus: { leaseMs: 5000, ');
  const file = join(directory, 'impatient.yaml');
  await writeFile(file, impatient);
  return file;
}
