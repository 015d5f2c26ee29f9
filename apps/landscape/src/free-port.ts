// SPDX-License-Identifier: EUPL-1.2
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** A port of 127.0.0.1 that is free now: `preferred` when it is, else any. */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer();
  const free = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(preferred, '127.0.0.1', () => resolve(true));
  });
  if (!free) return freePort();
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
