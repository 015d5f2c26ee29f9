// SPDX-License-Identifier: EUPL-1.2
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

import { largeMessage } from '@amtsbote/adapters/catalogue-xzufi/simulator';

import { temporaryDirectory } from '../launch/places.js';
import type { Undoing } from '../launch/undoing.js';
import { type Aim, atLeast, atMost, type BenchResult, type BenchWish, type Row, rowOf } from './bench.js';
import type { CatalogueReading } from './catalogue-reader.js';
import { MemoryMeter } from './memory-meter.js';

const STANDARD_OBJECTS = 100_000;
/** Peak of the process that reads, in MiB, whatever the size. */
const RSS_MIB_MAX = 256;
/** Part of xmllint's speed, in percent. */
const OF_XMLLINT_MIN = 50;
/** Services of hundred objects: texts weigh, or elements do. */
const MIXES = [
  { name: 'services and competences', services: 5 },
  { name: 'competences', services: 0 },
];

/** What one pass over a file took. */
interface Pass {
  readonly seconds: number;
  readonly peakMib: number;
}

/**
 * A catalogue read to objects, in a process of its own whose memory is watched, beside what the C library needs to look at the same bytes. The
 * import into the hub is to come as further rows.
 */
export async function catalogueBench({ size = STANDARD_OBJECTS, say, signal }: BenchWish, undoing: Undoing): Promise<BenchResult> {
  const directory = await temporaryDirectory();
  undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const rows: Row[] = [];
  const aims: Aim[] = [];
  for (const { name, services } of MIXES) {
    const path = join(directory, `${name.replaceAll(' ', '-')}.xml`);
    await pipeline(Readable.from(largeMessage({ objects: size, services })), createWriteStream(path), { signal });
    const mb = (await stat(path)).size / 1e6;
    say(`Reading ${size} objects, ${Math.round(mb)} MB: ${name} …`);
    const lint = await xmllint(path, signal);
    if (lint === undefined) say('xmllint is not installed (Debian: libxml2-utils): nothing to compare with.');
    else rows.push(...rowsOf('xmllint --stream --noout', name, { mb, objects: size }, lint));
    const reading = await readInProcess(path, signal);
    rows.push(...rowsOf('hub', name, { mb, objects: reading.objects }, reading));
    if (reading.objects !== size) throw new Error(`${reading.objects} of ${size} objects were read`);
    const label = name.replaceAll(' ', '-');
    aims.push(atMost(`catalogue/${label}/rssMiB`, reading.peakMib, RSS_MIB_MAX));
    if (lint !== undefined)
      aims.push(atLeast(`catalogue/${label}/percentOfXmllint`, (100 * lint.seconds) / reading.seconds, OF_XMLLINT_MIN));
    await rm(path);
  }
  return { rows, aims };
}

function rowsOf(contender: string, file: string, { mb, objects }: { mb: number; objects: number }, { seconds, peakMib }: Pass): Row[] {
  const one = (unit: string, value: number): Row => rowOf({ contender, case: `read ${file}`, unit }, [value]);
  return [one('MB/s', mb / seconds), one('objects/s', objects / seconds), ...(peakMib > 0 ? [one('peak MiB', peakMib)] : [])];
}

/** `undefined` when there is no xmllint. */
async function xmllint(path: string, signal: AbortSignal): Promise<Pass | undefined> {
  const started = Date.now();
  const child = spawn('xmllint', ['--stream', '--noout', path], { signal, stdio: 'ignore' });
  const code = await new Promise<number | undefined>((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.on('exit', (status) => resolve(status ?? 1));
  });
  if (code === undefined) return undefined;
  if (code !== 0) throw new Error('xmllint does not take the file');
  return { seconds: (Date.now() - started) / 1_000, peakMib: 0 };
}

async function readInProcess(path: string, signal: AbortSignal): Promise<Pass & CatalogueReading> {
  const program = fileURLToPath(new URL('./catalogue-reader.js', import.meta.url));
  const child = spawn(process.execPath, [program, path], { signal, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
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
