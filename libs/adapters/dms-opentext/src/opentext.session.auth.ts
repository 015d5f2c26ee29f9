// SPDX-License-Identifier: EUPL-1.2
import type { HttpAnswer } from '@amtsbote/platform';
import { unlessAborted } from '@amtsbote/platform';

import { TICKET_HEADER } from './opentext.wire.js';

/**
 * The ticket: got by a login when there is none, replaced by the fresh one that every answer brings, so that it does not expire while there is
 * work. One login for all calls that wait.
 */
export class Tickets {
  private current: string | undefined;
  private asking: Promise<string> | undefined;

  /** @param login gets a ticket by user name and password; not ended by one caller's signal. */
  constructor(private readonly login: () => Promise<string>) {}

  async ticket(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    if (this.current !== undefined) return this.current;
    this.asking ??= this.login()
      .then((ticket) => (this.current = ticket))
      .finally(() => {
        this.asking = undefined;
      });
    return unlessAborted(this.asking, signal);
  }

  /** Keeps the fresh ticket of an answer to a call that had this one. */
  renewed({ headers }: Pick<HttpAnswer, 'headers'>): void {
    const fresh = headers[TICKET_HEADER];
    if (fresh !== undefined && fresh !== '' && fresh.length <= 8_192) this.current = fresh;
  }

  /** A call with this ticket was refused. A fresh one that came with another answer meanwhile stays. */
  refused(ticket: string): void {
    if (this.current === ticket) this.current = undefined;
  }
}
