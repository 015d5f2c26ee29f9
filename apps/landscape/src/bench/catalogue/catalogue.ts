// SPDX-License-Identifier: EUPL-1.2
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { largeMessage } from '@amtsbote/adapters/catalogue-xzufi/simulator';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@amtsbote/platform';

import { temporaryDirectory } from '../../launch/places.js';
import { LaunchError } from '../../launch/problem.js';
import type { Undoing } from '../../launch/undoing.js';
import { atLeast, atMost, type BenchResult, type BenchWish, medianOf, percentileOf, type Row, rowOf } from '../bench.js';
import { CatalogueHub } from './catalogue-hub.js';
import { readInProcess, xmllint } from './parsing.js';
import { copyRows, rowsOf } from './raw-copy.js';
import { multiplyServices, searchTimes } from './searching.js';

const STANDARD_OBJECTS = 50_000;
const STANDARD_ROUNDS = 3;
/** Of hundred objects: texts weigh in a Land's catalogue. */
const SERVICES = 5;
const SEARCH_SERVICES = { from: 2_000, small: 10_000, large: 200_000 };
const SEARCH_TURNS = 10;
/** Small and large; the large one takes minutes, and two gigabytes of disk. Measured only when asked for. */
const GROWTH = [10_000, 1_000_000];
const CASES: readonly string[] = ['parse', 'import', 'growth', 'search'];

/** What is needed by every part of the bench. */
interface Bench {
  readonly directory: string;
  readonly postgres: EmbeddedPostgres;
  readonly rounds: number;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** A file with so many objects. */
interface Source {
  readonly path: string;
  readonly mb: number;
  readonly objects: number;
}

/**
 * The service catalogue: a file read to objects beside xmllint, imported by a hub beside a raw COPY of the rows that it leaves, imported again
 * unchanged; at a tenth of the size too, to see what grows; searched at two sizes. PostgreSQL is durable. A database of the person's own is
 * not used: the bench fills several.
 */
export async function catalogueBench(
  { size = STANDARD_OBJECTS, rounds = STANDARD_ROUNDS, cases, say, signal }: BenchWish,
  undoing: Undoing,
): Promise<BenchResult> {
  const unknown = cases?.find((name) => !CASES.includes(name));
  if (unknown !== undefined) throw new LaunchError(`catalogue has no case ${unknown}; there are ${CASES.join(', ')}`);
  const directory = await temporaryDirectory();
  undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(directory, 'postgres'), log: say });
  undoing.add('PostgreSQL', () => postgres.stop());
  const bench = { directory, postgres, rounds, say, signal };
  const results: BenchResult[] = [];
  const isWanted = (name: string): boolean => cases?.includes(name) ?? name !== 'growth';
  if (isWanted('parse')) results.push(await parsing(bench, await sourceOf(bench, size)));
  if (isWanted('import')) {
    const [small, large] = [await sourceOf(bench, Math.ceil(size / 10)), await sourceOf(bench, size)];
    const { rows } = await importing(bench, small, `${small.objects} objects`, 1);
    results.push({ rows, aims: [] }, await importing(bench, large, `${large.objects} objects`, rounds));
  }
  if (isWanted('growth')) results.push(await growing(bench));
  if (isWanted('search')) results.push(await searching(bench, Math.min(1, size / STANDARD_OBJECTS)));
  return { rows: results.flatMap(({ rows }) => rows), aims: results.flatMap(({ aims }) => aims) };
}

/** One import of few objects and one of very many: what an object costs, and how much memory the hub takes. */
async function growing(bench: Bench): Promise<BenchResult> {
  const { say, signal, directory } = bench;
  const rows: Row[] = [];
  for (const objects of GROWTH) {
    const source = await sourceOf(bench, objects);
    const databaseUrl = await freshDatabase(bench);
    const hub = await CatalogueHub.start({ directory, databaseUrl, file: source.path }, signal);
    try {
      for (const [what, counted] of [
        ['import', 'added'],
        ['import again, unchanged,', 'unchanged'],
      ] as const) {
        say(`Growth: ${what} ${objects} objects …`);
        const { run, seconds, peakMib } = await hub.read(signal);
        if (run.counts?.[counted] !== objects) throw new Error(`${run.counts?.[counted] ?? 0} of ${objects} were ${counted}`);
        const name = `growth, ${what} ${objects} objects`;
        rows.push(
          rowOf('amtsbote', name, 'ms per 1,000', [(seconds * 1_000_000) / objects]),
          rowOf('amtsbote', name, 'hub’s peak MiB', [peakMib]),
        );
      }
    } finally {
      await hub.stop();
    }
    await dropDatabase(bench, databaseUrl);
    await rm(source.path);
  }
  return { rows, aims: [] };
}

async function sourceOf({ directory, say, signal }: Bench, objects: number, services = SERVICES): Promise<Source> {
  const path = join(directory, `${objects}-${services}.xml`);
  await pipeline(Readable.from(largeMessage({ objects, services })), createWriteStream(path), { signal });
  const mb = (await stat(path)).size / 1e6;
  say(`${objects} objects are ${Math.round(mb)} MB.`);
  return { path, mb, objects };
}

async function parsing({ rounds, say, signal }: Bench, { path, mb, objects }: Source): Promise<BenchResult> {
  const [lint, read, peaks]: number[][] = [[], [], []];
  for (let round = 0; round <= rounds; round += 1) {
    say(`Parsing, round ${round} …`);
    const there = await xmllint(path, signal);
    const reading = await readInProcess(path, signal);
    if (reading.objects !== objects) throw new Error(`${reading.objects} of ${objects} objects were read`);
    // The first round warms the file cache up.
    if (round === 0) continue;
    if (there !== undefined) lint?.push(there.seconds);
    read?.push(reading.seconds);
    peaks?.push(reading.peakMib);
  }
  const [lints, reads] = [lint ?? [], read ?? []];
  const rate = (seconds: readonly number[]): number[] => seconds.map((one) => mb / one);
  const rows = [
    rowOf('amtsbote', 'parse', 'MB/s', rate(reads)),
    rowOf(
      'amtsbote',
      'parse',
      'objects/s',
      reads.map((one) => objects / one),
    ),
    rowOf('amtsbote', 'parse', 'peak MiB', peaks ?? []),
  ];
  if (lints.length === 0) {
    say('xmllint is not installed (Debian: libxml2-utils): nothing to compare the parsing with.');
    return { rows, aims: [] };
  }
  const aim = atLeast('parse/xmllint', medianOf(lints) / medianOf(reads), 0.5);
  return { rows: [rowOf('xmllint --stream', 'parse', 'MB/s', rate(lints)), ...rows], aims: [aim] };
}

async function importing(bench: Bench, source: Source, label: string, rounds: number): Promise<BenchResult> {
  const { say, signal, directory } = bench;
  const [first, again, copied, peaks, counts]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
  for (let round = 1; round <= rounds; round += 1) {
    say(`Importing ${label}, round ${round} …`);
    const databaseUrl = await freshDatabase(bench);
    const hub = await CatalogueHub.start({ directory, databaseUrl, file: source.path }, signal);
    try {
      const one = await hub.read(signal);
      if (one.run.counts?.added !== source.objects) throw new Error(`${one.run.counts?.added ?? 0} of ${source.objects} were imported`);
      const two = await hub.read(signal);
      if (two.run.counts?.unchanged !== source.objects) throw new Error('the same file changed something');
      first.push(one.seconds);
      again.push(two.seconds);
      peaks.push(Math.max(one.peakMib, two.peakMib));
    } finally {
      await hub.stop();
    }
    const rows = await rowsOf(databaseUrl);
    copied.push(await copyRows(databaseUrl, rows));
    counts.push(rows.count);
    await dropDatabase(bench, databaseUrl);
  }
  const perSecond = (seconds: readonly number[]): number[] => seconds.map((one, round) => (counts[round] ?? 0) / one);
  return {
    rows: [
      rowOf('COPY of the same rows', `import ${label}`, 'rows/s', perSecond(copied)),
      rowOf('amtsbote', `import ${label}`, 'rows/s', perSecond(first)),
      rowOf(
        'amtsbote',
        `import ${label}`,
        'objects/s',
        first.map((one) => source.objects / one),
      ),
      rowOf(
        'amtsbote',
        `import ${label}`,
        'MB/s',
        first.map((one) => source.mb / one),
      ),
      rowOf('amtsbote', `import again, unchanged, ${label}`, 's', again),
      rowOf('amtsbote', `import ${label}`, 's', first),
      rowOf('amtsbote', `import ${label}`, 'hub’s peak MiB', peaks),
    ],
    aims: [
      atLeast('import/copy', medianOf(copied) / medianOf(first), 0.4),
      atLeast('reimport/import', medianOf(first) / medianOf(again), 3),
      atMost('rssMB', (Math.max(...peaks) * 1_024 * 1_024) / 1e6, 256),
    ],
  };
}

/** @param share of the sizes that are meant, for quick looks. */
async function searching(bench: Bench, share: number): Promise<BenchResult> {
  const { say, signal, directory } = bench;
  const databaseUrl = await freshDatabase(bench);
  const source = await sourceOf(bench, Math.max(20, Math.ceil(SEARCH_SERVICES.from * share)), 100);
  const hub = await CatalogueHub.start({ directory, databaseUrl, file: source.path }, signal);
  const rows: Row[] = [];
  const slow: number[] = [];
  try {
    await hub.read(signal);
    for (const wanted of [SEARCH_SERVICES.small, SEARCH_SERVICES.large]) {
      const services = Math.ceil(wanted * share);
      say(`Searching ${services} services …`);
      await multiplyServices(databaseUrl, services);
      const times = await searchTimes(hub, SEARCH_TURNS);
      rows.push(rowOf('amtsbote', `search ${services} services, p50`, 'ms', [percentileOf(times, 0.5)]));
      rows.push(rowOf('amtsbote', `search ${services} services, p95`, 'ms', [percentileOf(times, 0.95)]));
      slow.push(percentileOf(times, 0.95));
    }
  } finally {
    await hub.stop();
  }
  return { rows, aims: [atMost('search/growth', (slow[1] ?? 0) / (slow[0] ?? 1), 1.5)] };
}

let databases = 0;

async function freshDatabase({ postgres }: Bench): Promise<string> {
  const name = `catalogue_${(databases += 1)}`;
  await postgres.createDatabase(name);
  return postgres.url(name);
}
async function dropDatabase({ postgres }: Bench, url: string): Promise<void> {
  await postgres.dropDatabase(new URL(url).pathname.slice(1));
}
