// SPDX-License-Identifier: EUPL-1.2
import { FormsPullPort, type WaitingSubmission } from './forms-pull.js';

/** A submission as the source has it in its books. */
export interface BookedSubmission extends WaitingSubmission {
  readonly submittedAt: Date;
  /** Whether it is one that the hub should have: submitted, and neither a draft nor deleted. */
  readonly isDue: boolean;
}

/** A piece of the source's books. */
export interface BooksPage {
  readonly booked: readonly BookedSubmission[];
  /** Where the next page begins; `null`: that was all. */
  readonly next: string | null;
}

/**
 * In, pull: a source that also tells what was taken over long ago, so that its books and the hub's can be compared. What the hub lacks is fetched
 * like everything else.
 */
export abstract class FormsLedgerPort extends FormsPullPort {
  /**
   * Everything submitted since a moment that the source still has, whatever became of it; changes nothing there.
   * @param from `next` of the page before, else `null`.
   * @throws DeliveryError
   */
  abstract booked(source: string, since: Date, from: string | null, signal: AbortSignal): Promise<BooksPage>;
}
