// SPDX-License-Identifier: EUPL-1.2
import { randomUUID } from 'node:crypto';

/** Sessions of the simulated application layer: given at login, renewed by use, gone after a while. */
export class Sessions {
  private readonly expiries = new Map<string, number>();
  /** While false, sessions are given and refused at once. */
  accepting = true;

  constructor(
    private readonly lifeMs: number,
    private readonly nowMs: () => number,
  ) {}

  /** The value of the session cookie. */
  open(): string {
    const id = randomUUID();
    this.expiries.set(id, this.nowMs() + this.lifeMs);
    return id;
  }
  isValid(cookieHeader: string | undefined): boolean {
    const id = idOf(cookieHeader);
    const expiry = id === undefined ? undefined : this.expiries.get(id);
    if (id === undefined || expiry === undefined || expiry <= this.nowMs() || !this.accepting) return false;
    this.expiries.set(id, this.nowMs() + this.lifeMs);
    return true;
  }
  close(cookieHeader: string | undefined): void {
    const id = idOf(cookieHeader);
    if (id !== undefined) this.expiries.delete(id);
  }
  /** All sessions end now. */
  expire(): void {
    this.expiries.clear();
  }
  get count(): number {
    return this.expiries.size;
  }
}

function idOf(cookieHeader: string | undefined): string | undefined {
  return /(?:^|; *)JSESSIONID=([^;]+)/.exec(cookieHeader ?? '')?.[1];
}
