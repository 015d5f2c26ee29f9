// SPDX-License-Identifier: EUPL-1.2
import type { IncomingMessage } from 'node:http';

import type { IntakeLimits } from '../config/hub-config.js';

/** Cuts off senders that drip: nothing for `idleMs`, or not finished after `totalMs`. Wall-clock time, because a socket knows no other. */
export class SlowSenderGuard {
  private readonly total: NodeJS.Timeout;
  private idle: NodeJS.Timeout;
  private tooSlow = false;

  constructor(
    private readonly request: IncomingMessage,
    limits: Pick<IntakeLimits, 'idleMs' | 'totalMs'>,
  ) {
    this.total = setTimeout(() => this.cut(), limits.totalMs).unref();
    this.idle = setTimeout(() => this.cut(), limits.idleMs).unref();
    request.socket.on('data', this.onData);
  }

  get isTooSlow(): boolean {
    return this.tooSlow;
  }

  release(): void {
    clearTimeout(this.total);
    clearTimeout(this.idle);
    this.request.socket.off('data', this.onData);
  }

  private readonly onData = (): void => {
    this.idle.refresh();
    if (this.request.complete) this.release();
  };

  private cut(): void {
    if (this.request.complete) return;
    this.tooSlow = true;
    // The body ends in an error for whoever reads it; the socket stays open for the answer.
    this.request.emit('error', new Error('the sender is too slow'));
  }
}
