// SPDX-License-Identifier: EUPL-1.2
import { connect, type Socket } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { startTown } from './support/running-town.js';

describe('a hub that stops', () => {
  it('does not wait for connections over which nobody ever asked anything', async () => {
    const running = await startTown({ officeOpen: false });
    const { hostname, port } = new URL(running.hub.url);
    const silent = await new Promise<Socket>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(socket)).once('error', reject);
    });
    // A browser that connects ahead, a load balancer's spare: Node counts them as busy until its header timeout of a minute.
    const closed = new Promise<string>((resolve) => silent.once('close', () => resolve('closed')));
    await running.stop();
    expect(await closed).toBe('closed');
  }, 20_000);
});
