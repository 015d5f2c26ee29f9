// SPDX-License-Identifier: EUPL-1.2
import { type SimulatedAnswer, type SimulatedRequest, SimulatorServer } from '@amtsbote/adapter-kit/testing';

/** The other side, faithful on the wire, with switchable faults: the same fake for tests, demo and landscape. */
export class CmisSimulator extends SimulatorServer {
  constructor(readonly token: string) {
    super();
  }

  protected override handle({ url, headers }: SimulatedRequest): SimulatedAnswer {
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401 };
    // Until the acts are written, the simulated system knows none of them.
    return url.pathname === '/health' ? { status: 200 } : { status: 404 };
  }
}
