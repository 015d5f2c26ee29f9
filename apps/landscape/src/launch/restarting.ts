// SPDX-License-Identifier: EUPL-1.2
import { watch } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import type { HubProcess } from './hub-process.js';
import { ROOT } from './places.js';
import { sentenceOf } from './problem.js';
import type { Undoing } from './undoing.js';

/** The compiler writes many files in a row: so long after the last one it is done. */
const QUIET_MS = 700;

/** Replaces the hub by a new process whenever compiled code changes, until the signal ends it. A hub that dies waits for the next change. */
export async function restartOnChange(
  first: HubProcess,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
  undoing: Undoing,
): Promise<void> {
  let hub = first;
  undoing.add('restarted hub', () => hub.stop());
  const tellOfDeath = (): void => void hub.died.then(say);
  tellOfDeath();
  const changes = changesIn(join(ROOT, 'dist'), signal);
  for (;;) {
    await changes.next();
    if (isOver(signal)) return;
    say('Compiled: the hub starts anew …');
    await hub.stop();
    try {
      hub = await hub.again();
      tellOfDeath();
      await hub.untilReady(signal);
      say(`The hub is ready at ${hub.url}.`);
    } catch (error) {
      if (!isOver(signal)) say(sentenceOf(error));
    }
  }
}

/** One turn for every group of changes to compiled code. */
function changesIn(directory: string, signal: AbortSignal): { next: () => Promise<void> } {
  let changedAt = 0;
  void (async () => {
    for await (const { filename } of watch(directory, { recursive: true, signal })) if (filename?.endsWith('.js')) changedAt = Date.now();
  })().catch(() => undefined);
  return {
    next: async () => {
      while (!isOver(signal) && (changedAt === 0 || Date.now() - changedAt < QUIET_MS)) await sleep(100);
      changedAt = 0;
    },
  };
}

function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
