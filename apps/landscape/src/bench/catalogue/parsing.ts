// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { HUB_FLAGS } from '../../launch/hub-flags.js';
import { MemoryMeter } from '../memory-meter.js';
import type { CatalogueReading } from './reader.js';

/** What one pass over a file took. */
export interface Pass {
  readonly seconds: number;
  readonly peakMib: number;
}

/** What the C library needs to look at the same bytes. `undefined` when there is no xmllint. @throws Error when it does not take the file. */
export async function xmllint(path: string, signal: AbortSignal): Promise<Pass | undefined> {
  const started = performance.now();
  const child = spawn('xmllint', ['--stream', '--noout', path], { signal, stdio: 'ignore' });
  const code = await new Promise<number | undefined>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  if (code === undefined) return undefined;
  if (code !== 0) throw new Error('xmllint does not take the file');
  return { seconds: (performance.now() - started) / 1_000, peakMib: 0 };
}

/** Reads a file to objects in a process of its own, started as a hub is; its memory is watched. */
export async function readInProcess(path: string, signal: AbortSignal): Promise<Pass & CatalogueReading> {
  const program = fileURLToPath(new URL('./reader.js', import.meta.url));
  const child = spawn(process.execPath, [...HUB_FLAGS, program, path], { signal, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = new Promise<void>((resolve, reject) => child.once('exit', () => resolve()).once('error', reject));
  const meter = new MemoryMeter(child.pid ?? 0);
  const from = Date.now();
  try {
    const reading = await new Promise<CatalogueReading>((resolve, reject) => {
      child.once('message', (message) => resolve(message as CatalogueReading));
      child.once('exit', (code) => reject(new Error(`the reading process ended with ${code}`)));
      child.once('error', reject);
    });
    return { ...reading, peakMib: meter.peak(from, Date.now()) };
  } finally {
    meter.stop();
    await exited;
  }
}
