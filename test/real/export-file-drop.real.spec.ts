// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

import type { DeliveryError, ExportPort, ExportRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, anExportRequest, EffectMemory, SimulatedCrash, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/export-file-drop';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { RealOpenSsh } from '../support/real/real-openssh.js';

const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'kirmes' };

describe('export-file-drop on Debian’s OpenSSH', () => {
  let openssh: RealOpenSsh;
  let ports: ExportPort[] = [];
  beforeAll(async () => {
    openssh = await RealOpenSsh.start();
  }, 120_000);
  beforeEach(() => openssh.emptied());
  afterEach(async () => {
    await Promise.all(ports.map((one) => one.close()));
    ports = [];
  });
  afterAll(async () => {
    await openssh.remove();
  }, 60_000);

  async function port(more: Record<string, unknown> = {}): Promise<ExportPort> {
    const options = {
      ...{ host: '127.0.0.1', port: openssh.port, username: openssh.username, privateKey: await openssh.privateKey() },
      ...{ hostKeys: [await openssh.fingerprint()], directory: openssh.directory, folder: 'application.id' },
    };
    const created = adapter.create(adapter.options.parse({ ...options, ...more }), environment);
    ports.push(created);
    return created;
  }
  const request = (number = 1, documents = anExportRequest().documents): ExportRequest => ({
    application: anApplication({ id: `0192f0a0-0000-7000-8000-${String(number).padStart(12, '0')}` }),
    documents,
  });
  const failure = async (call: Promise<unknown>): Promise<{ kind: string; code: string }> => {
    const error = await call.then(
      () => Promise.reject(new Error('succeeded')),
      (reason: unknown) => reason as DeliveryError,
    );
    return { kind: error.kind, code: error.code };
  };

  it('drops a folder that checks out with sha512sum, and nothing beside it', async () => {
    const { id } = await (await port()).deliver(request(), new TestDelivery('act-1'));
    expect(await openssh.list()).toEqual(['0192f0a0-0000-7000-8000-000000000001']);
    expect((await readdir(id)).toSorted()).toEqual([
      'Antrag.pdf',
      'SHA512SUMS',
      'Verzeichnis.json',
      'Übersicht & Lageplan (Größe 1;2).pdf',
    ]);
    await promisify(execFile)('sha512sum', ['--check', '--strict', '--quiet', 'SHA512SUMS'], { cwd: id });
  });

  it('never writes over what lies there: a folder of that name stays as it is', async () => {
    const dms = await port();
    const { id } = await dms.deliver(request(), new TestDelivery('act-1'));
    const before = await readFile(join(id, 'Verzeichnis.json'), 'utf8');
    expect(await failure(dms.deliver(request(), new TestDelivery('act-2')))).toEqual({
      kind: 'refused',
      code: 'export-file-drop/folder-taken',
    });
    expect(await readFile(join(id, 'Verzeichnis.json'), 'utf8')).toBe(before);
  });

  it('does not drop again what was collected after the answer was lost: a person is asked', async () => {
    const memory = new EffectMemory();
    const dms = await port();
    // The process dies between the drop and its being written down; the Fachverfahren takes the folder away meanwhile.
    const dying = new TestDelivery('act-1', memory, 1, new AbortController().signal, { when: 'after', effect: 2 });
    await expect(dms.deliver(request(), dying)).rejects.toThrow(SimulatedCrash);
    const [name = ''] = await openssh.list();
    await rename(join(openssh.directory, name), `${openssh.directory}-collected`);
    expect(await failure(dms.deliver(request(), new TestDelivery('act-1', memory, 2)))).toEqual({
      kind: 'outcomeUnknown',
      code: 'test/cannot-tell',
    });
    expect(await openssh.list()).toEqual([]);
  });

  it('goes on after the server was killed in the middle of an upload, and leaves nothing half there', async () => {
    const size = 32 * 1024 * 1024;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    let opened = 0;
    const open = async (): Promise<Readable> => {
      const isFirst = ++opened === 1;
      async function* chunks(): AsyncGenerator<Buffer> {
        for (let sent = 0; sent < size; sent += chunk.length) {
          if (isFirst && sent === size / 2) await openssh.stop('SIGKILL');
          if (isFirst && sent === size / 2) cut();
          yield chunk;
        }
      }
      return Readable.from(chunks(), { objectMode: false });
    };
    // The child that serves the connection outlives its parent: what ends is the line.
    const line = new AbortController();
    const cut = (): void => line.abort(new Error('cut'));
    const document = { ...aDocument('Luftbild.tif', ''), size, open };
    const memory = new EffectMemory();
    const dms = await port();
    const { kind } = await failure(dms.deliver(request(1, [document]), new TestDelivery('act-1', memory, 1, line.signal)));
    expect(kind).toBe('unavailable');
    expect(await failure(dms.deliver(request(1, [document]), new TestDelivery('act-1', memory, 2)))).toMatchObject({ kind: 'unavailable' });
    await openssh.start();
    await dms.deliver(request(1, [document]), new TestDelivery('act-1', memory, 3));
    expect(await openssh.list()).toEqual(['0192f0a0-0000-7000-8000-000000000001']);
  }, 60_000);

  it('does not talk to a server with another key, whatever it is', async () => {
    const dms = await port({ hostKeys: [await openssh.fingerprint('other-host')] });
    expect(await failure(dms.deliver(request(), new TestDelivery('act-1')))).toEqual({
      kind: 'misconfigured',
      code: 'export-file-drop/host-key-unknown',
    });
    expect(await openssh.list()).toEqual([]);
    const both = await port({ hostKeys: [await openssh.fingerprint('other-host'), await openssh.fingerprint()] });
    expect(await both.probe(AbortSignal.timeout(5_000))).toMatchObject({ ok: true });
  });

  it('says what an operator has to mend', async () => {
    const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = other.export({ type: 'pkcs1', format: 'pem' }).toString();
    const tried = async (more: Record<string, unknown>): Promise<unknown> =>
      failure((await port(more)).deliver(request(), new TestDelivery('act-1')));
    expect(await tried({ privateKey: pem })).toEqual({ kind: 'misconfigured', code: 'export-file-drop/login-refused' });
    expect(await tried({ privateKey: 'no key' })).toEqual({ kind: 'misconfigured', code: 'export-file-drop/key-unreadable' });
    expect(await tried({ directory: `${openssh.directory}/nie` })).toEqual({
      kind: 'misconfigured',
      code: 'export-file-drop/folder-missing',
    });
    await openssh.writable(false);
    try {
      expect(await tried({})).toEqual({ kind: 'misconfigured', code: 'export-file-drop/access-denied' });
    } finally {
      await openssh.writable(true);
    }
  });
});
