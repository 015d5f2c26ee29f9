// SPDX-License-Identifier: EUPL-1.2
import { setTimeout as sleep } from 'node:timers/promises';

import type { BookedApplication } from './hub-books.js';
import type { LaunchedTown } from './launched-town.js';
import type { StageCounts, StageLines } from './progress.js';
import type { SentApplication } from './samples.js';

const POLL_MS = 200;

/**
 * Shows how far the applications are until all have reached the last stage or are parked.
 * @throws the signal's reason.
 */
export async function followToTheEnd(
  sent: readonly SentApplication[],
  total: number,
  { books, town, startedAt }: LaunchedTown,
  { lines, signal }: { readonly lines: StageLines; readonly signal: AbortSignal },
): Promise<void> {
  for (;;) {
    const ids = new Set(sent.map(({ id }) => id));
    const booked = (await books.since(startedAt)).filter(({ id }) => ids.has(id));
    const isReported = (id: string): boolean => {
      const known = town.portal.cases.get(id);
      return known?.updates.at(-1)?.data.state === 'COMPLETED' && known.documents.length > 0;
    };
    lines.show(countsOf(booked, isReported));
    const ended = booked.filter(({ id, progress }) => progress === 'parked' || (progress === 'finished' && isReported(id)));
    if (ended.length === total) return;
    await sleep(POLL_MS, undefined, { signal });
  }
}

function countsOf(booked: readonly BookedApplication[], isReported: (id: string) => boolean): StageCounts {
  const count = (has: (application: BookedApplication) => boolean): number => booked.filter(has).length;
  return {
    received: booked.length,
    paid: count(({ isPaid }) => isPaid),
    filed: count(({ isFiled }) => isFiled),
    collected: count(({ isCollected }) => isCollected),
    decided: count(({ isDecided }) => isDecided),
    reported: count(({ id }) => isReported(id)),
  };
}

/** Tells of every application that comes later, such as those sent by hand, until the signal ends it. */
export async function followNewcomers(
  known: ReadonlySet<string>,
  { books, startedAt }: LaunchedTown,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  const told = new Map<string, string>();
  while (!signal.aborted) {
    for (const { id, reference, state, progress } of await books.since(startedAt).catch(() => [])) {
      const now = progress === 'parked' ? `${state}, parked: it needs a person` : state;
      if (known.has(id) || told.get(id) === now) continue;
      told.set(id, now);
      say(`  ${reference}  ${now}`);
    }
    await sleep(1_000, undefined, { signal }).catch(() => undefined);
  }
}
