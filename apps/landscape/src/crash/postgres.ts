// SPDX-License-Identifier: EUPL-1.2
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@amtsbote/platform';

const NAME = 'amtsbote';
const GONE_MS_MAX = 10_000;

/** A real PostgreSQL that can be restarted under the hub. Durable: what it has confirmed is there afterwards, however it ended. */
export class PostgresUnderFire {
  private turn: Promise<void> = Promise.resolve();

  private constructor(
    private server: EmbeddedPostgres,
    private readonly dataDirectory: string,
  ) {}

  static async start(dataDirectory: string): Promise<PostgresUnderFire> {
    const server = await startEmbeddedPostgres({ dataDirectory });
    await server.createDatabase(NAME);
    return new PostgresUnderFire(server, dataDirectory);
  }

  get port(): number {
    return this.server.port;
  }
  /** Connection string; its port changes with every restart. */
  get url(): string {
    return this.server.url(NAME);
  }

  /** `fast` closes every connection in order; `immediate` leaves everything where it is, as a crash does. One restart after the other. */
  async restart(how: 'fast' | 'immediate', downMs: number): Promise<void> {
    this.turn = this.turn.then(async () => {
      if (how === 'fast') await this.server.stop();
      else await this.quit();
      await new Promise((resolve) => setTimeout(resolve, downMs));
      this.server = await startEmbeddedPostgres({ dataDirectory: this.dataDirectory });
    });
    await this.turn;
  }

  async stop(): Promise<void> {
    await this.turn.catch(() => undefined);
    await this.server.stop();
  }

  private async quit(): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    const end = Date.now() + GONE_MS_MAX;
    while (isThere(this.server.pid) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
