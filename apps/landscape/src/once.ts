// SPDX-License-Identifier: EUPL-1.2
import { rm } from 'node:fs/promises';

import { type Audit, audit } from './launch/audit.js';
import { followToTheEnd } from './launch/following.js';
import { type LaunchedTown, launchTown } from './launch/launched-town.js';
import { placesIn, temporaryDirectory } from './launch/places.js';
import { LaunchError, sentenceOf } from './launch/problem.js';
import { StageLines } from './launch/progress.js';
import { sampleSubmissions, sendSamples, type SentApplication } from './launch/samples.js';
import type { Undoing } from './launch/undoing.js';

/** How a single run is wanted. */
export interface OnceWish {
  readonly databaseUrl: string | undefined;
  readonly samples: number;
  /** Longest time for everything, in seconds. */
  readonly limitS: number;
  readonly signal: AbortSignal;
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/**
 * A town for one run: starts it, sends applications, waits until every one is at its end, compares all books, removes everything.
 * The caller prints {@link OnceResult.summary} as the very last line.
 */
export async function once(wish: OnceWish, undoing: Undoing): Promise<OnceResult> {
  const startedAt = Date.now();
  const limit = AbortSignal.timeout(wish.limitS * 1_000);
  const signal = AbortSignal.any([wish.signal, limit]);
  const sent: SentApplication[] = [];
  const result = (books?: Audit): OnceResult => resultOf(books ?? nothingButSent(sent), wish.samples, startedAt);
  let launched: LaunchedTown | undefined;
  try {
    const directory = await temporaryDirectory();
    undoing.add('temporary directory', () => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
    const places = await placesIn(directory);
    say('Starting a temporary database, hub and town …');
    launched = await launchTown({ places, databaseUrl: wish.databaseUrl, port: 0, temporary: true, say, signal }, undoing);
    say(`The hub is ready at ${launched.hub.url}. A form server sends ${wish.samples} applications:`);
    await journey(launched, wish.samples, sent, signal);
  } catch (error) {
    // A person's own Ctrl-C needs no verdict.
    if (wish.signal.aborted) throw error;
    say(limit.aborted ? `Not everything arrived within ${wish.limitS} s.` : sentenceOf(error));
    return result(launched === undefined ? undefined : await compared(launched, sent).catch(() => undefined));
  }
  return result(await compared(launched, sent));
}

/** What a run comes to. */
export interface OnceResult {
  readonly ok: boolean;
  readonly findings: readonly string[];
  /** One JSON object on one line. */
  readonly summary: string;
}

async function journey(launched: LaunchedTown, samples: number, sent: SentApplication[], signal: AbortSignal): Promise<void> {
  const { hub, town } = launched;
  const lines = new StageLines(samples, process.stdout, Date.now());
  const token = town.secrets.TOWN_FORMS_TOKEN;
  const died = hub.died.then((sentence) => Promise.reject(new LaunchError(sentence)));
  const sending = sendSamples({ url: hub.url, token }, sampleSubmissions(samples), (one) => sent.push(one));
  await Promise.race([Promise.all([sending, followToTheEnd(sent, samples, launched, { lines, signal })]), died]);
}

async function compared({ town, books, startedAt }: LaunchedTown, sent: readonly SentApplication[]): Promise<Audit> {
  await town.catchUp();
  return audit(sent, await books.since(startedAt), town);
}

function nothingButSent(sent: readonly SentApplication[]): Audit {
  return { received: sent.length, completed: 0, lost: sent.length, duplicateEffects: 0, parked: 0, findings: [] };
}

function resultOf(books: Audit, samples: number, startedAt: number): OnceResult {
  const { received, completed, lost, duplicateEffects, parked, findings } = books;
  const seconds = Math.round((Date.now() - startedAt) / 100) / 10;
  const ok = completed === samples && received === samples && lost === 0 && duplicateEffects === 0 && findings.length === 0;
  return { ok, findings, summary: JSON.stringify({ received, completed, lost, duplicateEffects, parked, seconds }) };
}
