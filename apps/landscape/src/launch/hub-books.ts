// SPDX-License-Identifier: EUPL-1.2
import { Pool } from 'pg';

/** How far an application is in the hub's own books. */
export interface BookedApplication {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  /** `flowing`, `parked`, `finished`, `cancelled`. */
  readonly progress: string;
  readonly isPaid: boolean;
  readonly isFiled: boolean;
  readonly isCollected: boolean;
  readonly isDecided: boolean;
  readonly receivedAt: Date;
}

/** Reads the hub's database, and only reads: what a launcher shows is what the hub has really stored. */
export class HubBooks {
  private readonly pool: Pool;

  constructor(databaseUrl: string) {
    this.pool = new Pool({ connectionString: databaseUrl, max: 1, options: '-c default_transaction_read_only=on' });
    // A connection that breaks while it is idle is replaced at the next question.
    this.pool.on('error', () => undefined);
  }

  /** Applications received from a moment on, oldest first. */
  async since(moment: Date): Promise<BookedApplication[]> {
    return (await this.pool.query<BookedApplication>(SINCE, [moment])).rows;
  }
  async close(): Promise<void> {
    await this.pool.end();
  }
}

const SINCE = `
  SELECT a.id, a.reference, a.state, a.progress, a.received_at AS "receivedAt",
    EXISTS (SELECT FROM payment p WHERE p.application_id = a.id AND p.state = 'paid') AS "isPaid",
    EXISTS (SELECT FROM step s WHERE s.application_id = a.id AND s.kind = 'filing' AND s.state = 'done') AS "isFiled",
    EXISTS (SELECT FROM pickup_item i WHERE i.application_id = a.id AND i.state = 'acknowledged') AS "isCollected",
    EXISTS (SELECT FROM decision d WHERE d.application_id = a.id) AS "isDecided"
  FROM application a WHERE a.received_at >= $1 ORDER BY a.received_at, a.id`;
