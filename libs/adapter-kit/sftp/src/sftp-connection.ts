// SPDX-License-Identifier: EUPL-1.2
import type { SftpConnection } from './sftp-options.js';
import { type OpenSession, SftpSession } from './sftp-session.js';

/** Opens a connection when it is first needed: what is remembered needs none. */
export type Connect = () => Promise<OpenSession>;

/** One connection for one act: made when it is first needed, ended with the act. */
export class SftpConnections {
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(private readonly options: SftpConnection) {}

  async during<Result>(signal: AbortSignal, act: (connect: Connect) => Promise<Result>): Promise<Result> {
    let opening: Promise<OpenSession> | undefined;
    const work = act(() => (opening ??= SftpSession.open(this.options, signal))).finally(async () => {
      await opening?.then(
        (session) => session.end(),
        () => undefined,
      );
    });
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }

  /** Waits for the acts that are under way. */
  async close(): Promise<void> {
    await Promise.allSettled(this.underWay);
  }
}
