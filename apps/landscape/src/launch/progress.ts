// SPDX-License-Identifier: EUPL-1.2
import type { WriteStream } from 'node:tty';

/** The stages of an application as the launcher shows them. */
export const STAGES = ['received', 'paid', 'filed', 'collected', 'decided', 'reported'] as const;
export type Stage = (typeof STAGES)[number];
/** How many applications have reached each stage. */
export type StageCounts = Readonly<Record<Stage, number>>;

const MEANING: Readonly<Record<Stage, string>> = {
  received: 'form server → hub: verified, stored, answered',
  paid: 'payment provider: the citizen has paid',
  filed: 'DMS: Akte, Vorgang and documents',
  collected: 'Fachverfahren: polled, checked, acknowledged',
  decided: 'Fachverfahren → hub: the decision (Bescheid)',
  reported: 'portal: the citizen sees COMPLETED and has the decision',
};
const BAR = 10;

/** One line per stage: rewritten in place on a terminal, written once when it is complete elsewhere. */
export class StageLines {
  private readonly complete = new Set<Stage>();
  private shown = false;

  constructor(
    private readonly total: number,
    private readonly out: Pick<WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number },
    private readonly startedAt: number,
  ) {}

  show(counts: StageCounts): void {
    if (this.out.isTTY === true) this.redraw(counts);
    else this.append(counts);
  }

  private redraw(counts: StageCounts): void {
    const up = this.shown ? `\u001B[${STAGES.length}A` : '';
    this.shown = true;
    // A line that wraps would take two, and the next drawing begin in the wrong place.
    const width = (this.out.columns ?? 80) - 1;
    this.out.write(up + STAGES.map((stage) => `\u001B[2K${this.line(stage, counts[stage]).slice(0, width)}\n`).join(''));
  }
  private append(counts: StageCounts): void {
    for (const stage of STAGES) {
      if (counts[stage] < this.total || this.complete.has(stage)) continue;
      this.complete.add(stage);
      const seconds = ((Date.now() - this.startedAt) / 1_000).toFixed(1);
      this.out.write(`${this.line(stage, counts[stage])} (${seconds} s)\n`);
    }
  }
  private line(stage: Stage, count: number): string {
    const filled = Math.round((BAR * Math.min(count, this.total)) / Math.max(1, this.total));
    const bar = '█'.repeat(filled) + '·'.repeat(BAR - filled);
    return `  ${stage.padEnd(10)}${bar} ${`${count}/${this.total}`.padStart(7)}  ${MEANING[stage]}`;
  }
}
