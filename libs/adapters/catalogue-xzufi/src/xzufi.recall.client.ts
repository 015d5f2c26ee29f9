// SPDX-License-Identifier: EUPL-1.2
import type { ReadingHelp } from '@amtsbote/adapter-kit';

import { digestOf, lineBreaksIn } from './xzufi.marks.client.js';
import type { Piece } from './xzufi.splitter.client.js';

/** Records that are as they were when they were read the last time. */
export interface RecalledRun {
  readonly bytes: number;
  readonly digests: readonly string[];
  /** What was said about some of them, with the line breaks of the run before each. */
  readonly remarks: readonly { readonly text: string; readonly lines: number }[];
  readonly lines: number;
}

/** Records that have to be parsed. */
export interface UnknownRun {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly ends: readonly number[];
}

export type Run = { readonly recalled: RecalledRun } | { readonly unknown: UnknownRun };

/** Records and bytes that are asked about at once. */
const RECORDS_MAX = 1_000;
const BYTES_MAX = 512 * 1024;

type Recall = NonNullable<ReadingHelp['recall']>;

interface Gathered {
  readonly pieces: { readonly piece: Piece; readonly digests: readonly string[] }[];
  records: number;
  bytes: number;
}

/** Asks, many at once, which records are known, and divides what was read into those and the others. */
export class Recalling {
  private readonly asked: { readonly gathered: Gathered; readonly answer: Promise<ReadonlyMap<string, string | null>> }[] = [];
  private open: Gathered = nothing();

  /** @param surroundings what the digests of records depend on beside their bytes. */
  constructor(
    private readonly recall: Recall,
    private readonly surroundings: string,
  ) {}

  /** Whether something has no answer yet. */
  get isBusy(): boolean {
    return this.asked.length > 0 || this.open.pieces.length > 0;
  }

  take(piece: Piece): void {
    const { open, surroundings } = this;
    let from = 0;
    const digests = piece.ends.map((end) => {
      const digest = digestOf(piece.bytes.subarray(from, end), surroundings);
      from = end;
      return digest;
    });
    open.pieces.push({ piece, digests });
    open.records += digests.length;
    open.bytes += piece.bytes.length;
    if (open.records >= RECORDS_MAX || open.bytes >= BYTES_MAX) this.ask();
  }

  /** What was taken first, in order; waits for the answer about it. */
  async next(): Promise<Run[]> {
    if (this.asked.length === 0) this.ask();
    const first = this.asked.shift();
    if (first === undefined) return [];
    const known = await first.answer;
    return joined(first.gathered.pieces.flatMap(({ piece, digests }) => divided(piece, digests, known)));
  }

  private ask(): void {
    const { open } = this;
    this.open = nothing();
    if (open.pieces.length === 0) return;
    const answer = this.recall(open.pieces.flatMap(({ digests }) => digests));
    // Whoever gives up early waits for none of them.
    answer.catch(() => undefined);
    this.asked.push({ gathered: open, answer });
  }
}

function nothing(): Gathered {
  return { pieces: [], records: 0, bytes: 0 };
}

/** Runs of records that are known, and of others, in the order of the piece. What follows the last record is parsed. */
function divided({ bytes, ends }: Piece, digests: readonly string[], known: ReadonlyMap<string, string | null>): Run[] {
  const runs: Run[] = [];
  const isKnown = (record: number): boolean => known.has(digests[record] ?? '');
  let from = 0;
  for (let record = 0; record < ends.length;) {
    const first = record;
    while (record < ends.length && isKnown(record) === isKnown(first)) record += 1;
    const isTail = record === ends.length && !isKnown(first);
    const to = isTail ? bytes.length : (ends[record - 1] ?? from);
    if (isKnown(first))
      runs.push({ recalled: recalledRun(bytes.subarray(from, to), from, ends.slice(first, record), digests.slice(first, record), known) });
    else runs.push({ unknown: unknownRun(bytes, from, to, ends.slice(first, record)) });
    from = to;
  }
  if (from < bytes.length) runs.push({ unknown: unknownRun(bytes, from, bytes.length, []) });
  return runs;
}

function unknownRun(bytes: Uint8Array<ArrayBuffer>, from: number, to: number, ends: readonly number[]): UnknownRun {
  // Threads take the memory with them: a part of it cannot be given away.
  const isWhole = from === 0 && to === bytes.length;
  return isWhole ? { bytes, ends } : { bytes: bytes.slice(from, to), ends: ends.map((end) => end - from) };
}

function recalledRun(
  bytes: Uint8Array,
  start: number,
  ends: readonly number[],
  digests: readonly string[],
  known: ReadonlyMap<string, string | null>,
): RecalledRun {
  const remarks = digests.flatMap((digest, record) => {
    const text = known.get(digest) ?? null;
    return text === null ? [] : [{ text, lines: lineBreaksIn(bytes.subarray(0, record === 0 ? 0 : (ends[record - 1] ?? start) - start)) }];
  });
  return { bytes: bytes.length, digests, remarks, lines: lineBreaksIn(bytes) };
}

/** Neighbouring runs of known records as one. */
function joined(runs: readonly Run[]): Run[] {
  const all: Run[] = [];
  for (const run of runs) {
    const last = all.at(-1);
    if (last === undefined || !('recalled' in last) || !('recalled' in run)) {
      all.push(run);
      continue;
    }
    const [one, other] = [last.recalled, run.recalled];
    all[all.length - 1] = {
      recalled: {
        bytes: one.bytes + other.bytes,
        digests: [...one.digests, ...other.digests],
        remarks: [...one.remarks, ...other.remarks.map(({ text, lines }) => ({ text, lines: lines + one.lines }))],
        lines: one.lines + other.lines,
      },
    };
  }
  return all;
}
