// SPDX-License-Identifier: EUPL-1.2
import { FormsPort } from '../ports/forms.js';
import type { ProbeReport } from '../ports/port.js';

/** One setting as a probe tells of it. */
export type JudgedSetting = ProbeReport['checks'][number];

/** An intake adapter whose senders come to it: nothing outside can be reached or closed, only the settings can be judged. */
export abstract class ReceivingForms extends FormsPort {
  /** What an operator should know of the settings; no secrets. */
  protected abstract judgeSettings(): readonly JudgedSetting[];

  override async probe(): Promise<ProbeReport> {
    const checks = this.judgeSettings();
    return { ok: checks.every(({ ok }) => ok), checks };
  }

  override async close(): Promise<void> {
    // Holds no connection.
  }
}
