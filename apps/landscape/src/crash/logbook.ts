// SPDX-License-Identifier: EUPL-1.2
import type { CollectedCase } from '../fachverfahren.js';
import type { Town } from '../town.js';

/** Something that happened, told by whoever saw it. */
export interface LogEntry {
  readonly at: Date;
  /** `nemesis`, `sender`, or the simulated system. */
  readonly who: string;
  readonly what: string;
  /** Ids and references it is about; none = about everything. */
  readonly about: readonly string[];
}

/** What happened outside of the hub, in order: the nemesis' deeds, and every change in the simulated systems' own books. */
export class Logbook {
  readonly entries: LogEntry[] = [];

  note(who: string, what: string, ...about: readonly string[]): void {
    this.entries.push({ at: new Date(), who, what, about });
  }

  /** Writes down every change in these books from now on. */
  watch({ dms, payment, portal }: Pick<Town, 'dms' | 'payment' | 'portal'>): void {
    dms.repository.onChange = (change) => {
      if ('version' in change) {
        this.note('dms', `new content of ${change.key}`, change.key);
        return;
      }
      const { objectclass, parentKey, properties } = change.created;
      const values = properties.map(([, value]) => value);
      this.note('dms', `created a ${objectclass} in ${parentKey ?? 'the root'}`, ...values, ...(parentKey === null ? [] : [parentKey]));
    };
    payment.books.onChange = ({ transactionId, status, request }) =>
      this.note('payment', `${transactionId} is ${status}`, request.requestId, request.purpose);
    portal.cases.onChange = (change) => {
      if ('documents' in change)
        this.note('portal', `documents: ${change.documents.map(({ result }) => result).join(', ')}`, change.applicationId);
      else this.note('portal', `took update ${change.event.data.sequence}: ${change.event.data.state}`, change.event.data.applicationId);
    };
  }

  readonly register = (known: CollectedCase): void =>
    this.note(
      'fachverfahren',
      `taken ${known.taken} times, acknowledged: ${String(known.acknowledged)}, decided: ${String(known.decided)}`,
      known.applicationId,
    );
}
