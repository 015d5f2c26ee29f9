// SPDX-License-Identifier: EUPL-1.2
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { TcpProxy } from './tcp-proxy.js';

describe('a line of the network', () => {
  let server: Server;
  let line: TcpProxy;
  /** What arrived at the other side; it answers every piece with itself. */
  let heard: string;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    heard = '';
    server = createServer((socket) => {
      sockets.add(socket.on('error', () => undefined));
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
        socket.write(chunk);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    line = await TcpProxy.start(() => (server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await line.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  const dial = async (): Promise<Socket> => {
    const socket = connect(line.port, '127.0.0.1');
    sockets.add(socket);
    await once(socket, 'connect');
    return socket;
  };
  const said = async (socket: Socket, text: string): Promise<string> => {
    socket.write(text);
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    return chunk.toString();
  };
  const until = async (isTrue: () => boolean): Promise<void> => {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const reset = async (socket: Socket): Promise<unknown> => (await once(socket, 'error'))[0];

  it('carries both ways, and leads to the same address by its own port', async () => {
    expect(await said(await dial(), 'hello')).toBe('hello');
    expect(line.via('postgres://me:secret@db.example:5432/hub')).toBe(`postgres://me:secret@127.0.0.1:${line.port}/hub`);
    expect(line.via('http://127.0.0.1:1/')).toBe(`http://127.0.0.1:${line.port}`);
  });
  it('resets what is open when it is cut, and takes new connections', async () => {
    const socket = await dial();
    await said(socket, 'a');
    const broken = reset(socket);
    line.cut();
    expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    expect(await said(await dial(), 'b')).toBe('b');
  });
  it('tells nobody when it is silent, and delivers nothing of it later', async () => {
    const socket = await dial();
    await said(socket, 'a');
    line.break({ kind: 'silent' });
    socket.write('lost');
    const other = await dial();
    other.write('lost too');
    const broken = Promise.all([reset(socket), reset(other)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    line.mend();
    expect(await broken).toHaveLength(2);
    expect(await said(await dial(), 'b')).toBe('b');
    expect(heard).toBe('ab');
  });
  it('carries the question and loses the answer', async () => {
    const socket = await dial();
    line.break({ kind: 'answerLost' });
    const broken = reset(socket);
    socket.write('act');
    expect(await broken).toMatchObject({ code: 'ECONNRESET' });
    expect(heard).toBe('act');
  });
  it('keeps the order when it is slow, also of what comes after it', async () => {
    const socket = await dial();
    line.break({ kind: 'slow', ms: 40 });
    socket.write('one ');
    await new Promise((resolve) => setTimeout(resolve, 5));
    line.mend();
    socket.write('two');
    await until(() => heard.length >= 7);
    expect(heard).toBe('one two');
  });
  it('refuses', async () => {
    line.break({ kind: 'refused' });
    const socket = connect(line.port, '127.0.0.1');
    expect(await reset(socket)).toMatchObject({ code: 'ECONNRESET' });
  });
});
