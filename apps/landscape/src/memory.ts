// SPDX-License-Identifier: EUPL-1.2
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';

import type { NscaleSimulator, RepositoryChange } from '@amtsbote/adapters/dms-nscale/simulator';
import type { SimulatedPayment, XbezahldiensteSimulator } from '@amtsbote/adapters/payment-xbezahldienste/simulator';
import type { CaseChange, PortalSimulator } from '@amtsbote/adapters/status-webhook/simulator';

import type { CollectedCase } from './fachverfahren.js';

type Line =
  | { readonly dms: RepositoryChange }
  | { readonly payment: SimulatedPayment }
  | { readonly portal: CaseChange }
  | { readonly register: CollectedCase };

/**
 * The simulated systems' books on disk, one line per change, written before the change is answered: like real systems, they know after a
 * crash what they have confirmed. Without it a restarted town would have forgotten what a hub with its database remembers.
 */
export class TownMemory {
  private readonly lines: readonly Line[];

  /** Reads what is there; the last line may be half of one when the process was killed. */
  constructor(private readonly file: string) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) writeFileSync(file, whole);
    this.lines = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line);
  }

  /** Gives the systems their books back, and writes down what they do from now on. */
  attach({ payment, dms, portal }: { payment: XbezahldiensteSimulator; dms: NscaleSimulator; portal: PortalSimulator }): void {
    const payments = new Map<string, SimulatedPayment>();
    for (const line of this.lines) {
      if ('dms' in line) dms.repository.repeat(line.dms);
      if ('portal' in line) portal.cases.repeat(line.portal);
      if ('payment' in line) payments.set(line.payment.transactionId, line.payment);
    }
    for (const last of payments.values()) payment.books.remember(last);
    dms.repository.onChange = (change) => this.write({ dms: change });
    portal.cases.onChange = (change) => this.write({ portal: change });
    payment.books.onChange = (changed) => this.write({ payment: changed });
  }

  /** The register of the Fachverfahren, as it was last. */
  register(): CollectedCase[] {
    const cases = this.lines.flatMap((line) => ('register' in line ? [line.register] : []));
    return [...new Map(cases.map((known) => [known.applicationId, known])).values()];
  }
  /** Writes an entry of the register down. */
  readonly enter = (known: CollectedCase): void => this.write({ register: known });

  private write(line: Line): void {
    appendFileSync(this.file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }
}
