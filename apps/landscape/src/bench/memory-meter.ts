// SPDX-License-Identifier: EUPL-1.2
import { readFileSync } from 'node:fs';

const EVERY_MS = 50;

/** Watches the resident memory of another process (Linux: /proc), in MiB. */
export class MemoryMeter {
  private readonly samples: { readonly at: number; readonly mib: number }[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly pid: number) {
    this.timer = setInterval(() => this.sample(), EVERY_MS);
  }

  /** Highest resident memory between two moments of `Date.now()`. */
  peak(from: number, to: number): number {
    return Math.max(0, ...this.between(from, to));
  }
  /** Middle of the samples between two moments. */
  median(from: number, to: number): number {
    const sorted = this.between(from, to).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? 0;
  }
  stop(): void {
    clearInterval(this.timer);
  }

  private between(from: number, to: number): number[] {
    return this.samples.filter(({ at }) => at >= from && at <= to).map(({ mib }) => mib);
  }
  private sample(): void {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    this.samples.push({ at: Date.now(), mib: Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1]) / 1_024 });
  }
}
