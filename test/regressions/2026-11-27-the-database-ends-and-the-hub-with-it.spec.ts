// SPDX-License-Identifier: EUPL-1.2
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

import { openDatabase } from '@amtsbote/store';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';

import { TcpProxy } from '../../apps/landscape/src/crash/tcp-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/*
 * Found by the crash test (seed 12): PostgreSQL was shut down in the very moment in which a pool handed out a new connection. The client emits
 * an error to which nobody listens between the pool and whoever takes the connection, and the whole hub ended with it.
 */
describe('a database that ends a connection in the moment it is handed out', () => {
  let server: Server | undefined;
  afterEach(async () => {
    await new Promise((resolve) => server?.close(resolve));
  });

  it('fails the statement, not the process', async () => {
    server = createServer((socket) => socket.once('data', () => greetAndEnd(socket)));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const settings = { url: `postgres://hub@127.0.0.1:${port}/hub`, connectionsMax: 1, statementMs: 1_000 };
    await expect(openDatabase(settings)).rejects.toThrow();
  });
});

/** What a server says that is told to end while it lets somebody in, in one piece: welcome, ready, shutting down. */
function greetAndEnd(socket: Socket): void {
  const message = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const fields = 'SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0';
  socket.on('error', () => undefined);
  socket.end(Buffer.concat([message('R', Buffer.from([0, 0, 0, 0])), message('Z', Buffer.from('I')), message('E', Buffer.from(fields))]));
}

/*
 * A line that goes silent tells nobody: before, a statement on it waited for as long as the kernel repeats its packets, and the hub with it.
 */
describe('a line to the database that goes silent', () => {
  const open: { destroy(): Promise<void> }[] = [];
  let database: TestDatabase | undefined;
  let line: TcpProxy | undefined;
  afterEach(async () => {
    await line?.stop();
    for (const source of open.splice(0)) await source.destroy();
    await database?.drop();
  });

  const store = async (): Promise<DataSource> => {
    database = await createTestDatabase();
    const { port } = new URL(database.url);
    line = await TcpProxy.start(() => Number(port));
    const opened = await openDatabase({ url: line.via(database.url), connectionsMax: 2, statementMs: 400 });
    open.push(opened);
    return opened;
  };

  it('ends the statement that waits, and the next one takes another connection', async () => {
    const source = await store();
    line?.break({ kind: 'silent' });
    await expect(source.query('SELECT 1')).rejects.toThrow('Connection terminated: the server said nothing');
    // Not mended: what comes back is the network, what was lost on it stays lost.
    line?.break({ kind: 'slow', ms: 0 });
    await expect(source.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('rolls a transaction back', async () => {
    const source = await store();
    await source.query('CREATE TABLE note (text text)');
    const writing = source.transaction(async (sql) => {
      await sql.query("INSERT INTO note VALUES ('a')");
      line?.break({ kind: 'silent' });
      await sql.query("INSERT INTO note VALUES ('b')");
    });
    await expect(writing).rejects.toThrow('Connection terminated');
    line?.break({ kind: 'slow', ms: 0 });
    await expect(source.query('SELECT * FROM note')).resolves.toEqual([]);
  });

  it('is given all the time a transaction has asked for', async () => {
    const source = await store();
    await source.transaction(async (sql) => {
      await sql.query('SET LOCAL statement_timeout = 0');
      await expect(sql.query('SELECT pg_sleep(1.2)')).resolves.toHaveLength(1);
    });
    await expect(source.query('SELECT pg_sleep(1.2)')).rejects.toThrow('canceling statement due to statement timeout');
  });
});
