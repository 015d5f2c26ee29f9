// SPDX-License-Identifier: EUPL-1.2
import type { CatalogueRunProgress, RunView } from '@amtsbote/ops-api';

const BAR = 24;
/** Where nobody looks at a bar, one line in so long is enough; a log of a night's import stays readable. */
const PLAIN_EVERY_MS = 10_000;

/** What a progress report touches of the machine. */
export interface ProgressTerminal {
  readonly now: () => Date;
  /** One line after the other. */
  readonly error: (line: string) => void;
  /** A line in place of the one before; absent where the output is no terminal. */
  readonly showProgress?: ((line: string) => void) | undefined;
}

/** Tells how far something has come: one line that moves on a terminal, else a line for each new state and every ten seconds. */
export class Progress {
  private told = { stage: '', at: Number.NEGATIVE_INFINITY };

  constructor(private readonly terminal: ProgressTerminal) {}

  now(): number {
    return this.terminal.now().getTime();
  }

  /** @param stage what is going on; a new one is told at once. */
  show(line: string, stage: string): void {
    if (this.terminal.showProgress !== undefined) {
      this.terminal.showProgress(line);
      return;
    }
    const at = this.now();
    if (stage === this.told.stage && at - this.told.at < PLAIN_EVERY_MS) return;
    this.told = { stage, at };
    this.terminal.error(line);
  }

  /** Clears the line that moved. */
  done(): void {
    this.terminal.showProgress?.('');
  }
}

/** How far a run has come, in one line. Pure. */
export function progressLine({ id, state, progress, objectsPerSecond, bytesPerSecond, remainingMs }: RunView): string {
  if (progress === null) return `run ${id}  ${state}`;
  const pace = [
    ...(bytesPerSecond === null ? [] : [`${bytes(bytesPerSecond)}/s`]),
    ...(objectsPerSecond === null ? [] : [`${objectsPerSecond} objects/s`]),
    ...(remainingMs === null ? [] : [`${lasting(remainingMs)} left`]),
  ];
  const read =
    progress.bytesTotal === undefined ? bytes(progress.bytesRead) : `${bytes(progress.bytesRead)} of ${bytes(progress.bytesTotal)}`;
  return [`run ${id}  ${state}`, bar(shareOf(progress)), [`${progress.objects} objects`, read, ...pace].join(', ')]
    .filter(Boolean)
    .join('  ');
}

/** How far an upload has come, in one line; `total` is absent for what comes from a pipe. Pure. */
export function uploadLine(name: string, sent: number, total: number | undefined, elapsedMs: number): string {
  const rate = elapsedMs > 0 ? (sent / elapsedMs) * 1_000 : 0;
  const share = total === undefined || total === 0 ? undefined : Math.min(1, sent / total);
  const parts = [
    total === undefined ? bytes(sent) : `${bytes(sent)} of ${bytes(total)}`,
    ...(rate > 0 ? [`${bytes(Math.round(rate))}/s`] : []),
    ...(rate > 0 && total !== undefined && total > sent ? [`${lasting(((total - sent) / rate) * 1_000)} left`] : []),
  ];
  return [`upload ${name}`, bar(share), parts.join(', ')].filter(Boolean).join('  ');
}

/** A count of bytes for people. Pure. */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} B`;
  return count < 1_000_000 ? `${Math.round(count / 1_000)} kB` : `${(count / 1_000_000).toFixed(1)} MB`;
}

function bar(share: number | undefined): string {
  return share === undefined ? '' : `[${'█'.repeat(Math.round(share * BAR)).padEnd(BAR, '·')}] ${Math.round(share * 100)} %`;
}

function shareOf({ bytesRead, bytesTotal, documents, documentsTotal }: CatalogueRunProgress): number | undefined {
  if (bytesTotal !== undefined && bytesTotal > 0) return Math.min(1, bytesRead / bytesTotal);
  return documentsTotal === undefined || documentsTotal === 0 ? undefined : Math.min(1, documents / documentsTotal);
}

function lasting(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
