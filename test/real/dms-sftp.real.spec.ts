// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

import type { DeliverableDocument, DeliveryError, DmsPort, FilingRequest } from '@amtsbote/adapter-kit';
import { aDocument, anApplication, EffectMemory, SimulatedCrash, TestDelivery } from '@amtsbote/adapter-kit/testing';
import { adapter } from '@amtsbote/adapters/dms-sftp';
import { seededRandomness, systemClock } from '@amtsbote/platform';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';

import { RealOpenSsh } from '../support/real/real-openssh.js';

const run = promisify(execFile);
const environment = { clock: systemClock, randomness: seededRandomness(1), instance: 'gewerbe-dms' };
const CHUNK = Buffer.alloc(64 * 1024, 'x');
/** Names that have broken interfaces before; the last one has 255 bytes of UTF-8, the most a file system takes. */
const NAMES = ['Übersicht Größe ẞ €.pdf', 'Müller; Söhne & Töchter.pdf', "it's 100 % [neu] (2) #+~=,@.pdf", `${'ü'.repeat(125)}x.pdf`];
/** Only root may mount; without that right there is no small disk to fill. */
const mayMount = process.getuid?.() === 0;

let openssh: RealOpenSsh;
let ports: DmsPort[] = [];
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

async function port(more: Record<string, unknown> = {}): Promise<DmsPort> {
  const options = {
    ...{ host: '127.0.0.1', port: openssh.port, username: openssh.username, privateKey: await openssh.privateKey() },
    ...{ hostKeys: [await openssh.fingerprint()], directory: openssh.directory },
    akte: { folder: '"Gewerbeakte " + application.tenant' },
    vorgang: { folder: 'application.id' },
    verify: 'content',
  };
  const created = adapter.create(adapter.options.parse({ ...options, ...more }), environment);
  ports.push(created);
  return created;
}
const idOf = (number: number): string => `0192f0a0-0000-7000-8000-${String(number).padStart(12, '0')}`;
const request = (number = 1, documents = [aDocument('Antrag.pdf')]): FilingRequest => ({
  application: anApplication({ id: idOf(number) }),
  documents,
});
const vorgangOf = (number = 1): string => join(openssh.directory, 'Gewerbeakte 057110000000', idOf(number));
const failure = async (call: Promise<unknown>): Promise<{ kind: string; code: string }> => {
  const error = await call.then(
    () => Promise.reject(new Error('succeeded')),
    (reason: unknown) => reason as DeliveryError,
  );
  return { kind: error.kind, code: error.code };
};
/** A document that exists only while it is streamed. @param halfway what happens in the middle of the first reading. */
function aLargeDocument(size: number, halfway?: () => Promise<void>): DeliverableDocument {
  const hash = createHash('sha512');
  for (let hashed = 0; hashed < size; hashed += CHUNK.length) hash.update(CHUNK);
  let readings = 0;
  const open = async (): Promise<Readable> => {
    readings += 1;
    const isFirst = readings === 1;
    async function* chunks(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < size; sent += CHUNK.length) {
        if (isFirst && sent === size / 2) await halfway?.();
        yield CHUNK;
      }
    }
    return Readable.from(chunks(), { objectMode: false });
  };
  return { ...aDocument('Luftbild.tif', ''), size, sha512: hash.digest('hex'), open };
}

describe('dms-sftp on Debian’s OpenSSH', () => {
  it('files every name byte for byte, and the folder checks out with sha512sum', async () => {
    const documents = NAMES.map((name) => aDocument(name));
    await (await port()).file(request(1, documents), new TestDelivery('filing-1'));
    const there = (await readdir(vorgangOf(), { encoding: 'buffer' })).map((name) => name.toString('hex'));
    const wanted = [...NAMES, 'SHA512SUMS', 'Verzeichnis.json'].map((name) => Buffer.from(name).toString('hex'));
    expect(there.toSorted()).toEqual(wanted.toSorted());
    await run('sha512sum', ['--check', '--strict', '--quiet', 'SHA512SUMS'], { cwd: vorgangOf() });
  });

  it('files six applications of six processes at once into one new Akte', async () => {
    const hubs = await Promise.all([1, 2, 3, 4, 5, 6].map(() => port()));
    await Promise.all(hubs.map((dms, index) => dms.file(request(index + 1), new TestDelivery(`filing-${index + 1}`))));
    expect(await openssh.list()).toEqual(['Gewerbeakte 057110000000']);
    expect(await readdir(join(openssh.directory, 'Gewerbeakte 057110000000'))).toHaveLength(6);
  });

  it('ends with each thing once when two processes file the same act at the same time', async () => {
    const hubs = [await port(), await port()];
    // Several rounds: whether one comes between the other's look and act is up to the scheduler.
    for (let round = 1; round <= 8; round += 1) {
      const receipts = await Promise.all(
        hubs.map((dms, index) => dms.file(request(round), new TestDelivery(`filing-${round}`, new EffectMemory(), index + 1))),
      );
      expect(receipts[0]).toEqual(receipts[1]);
      expect((await readdir(vorgangOf(round))).toSorted()).toEqual(['Antrag.pdf', 'SHA512SUMS', 'Verzeichnis.json']);
    }
  });

  it('never writes over what lies there, although OpenSSH’s own client does', async () => {
    const memory = new EffectMemory();
    const dms = await port();
    const dying = new TestDelivery('filing-1', memory, 1, new AbortController().signal, { when: 'before', effect: 5 });
    await expect(dms.file(request(), dying)).rejects.toThrow(SimulatedCrash);
    await writeFile(join(vorgangOf(), 'Antrag.pdf'), 'a clerk wrote this');
    expect(await failure(dms.file(request(), new TestDelivery('filing-1', memory, 2)))).toEqual({
      kind: 'refused',
      code: 'dms-sftp/name-taken',
    });
    expect(await readFile(join(vorgangOf(), 'Antrag.pdf'), 'utf8')).toBe('a clerk wrote this');
  });

  it('goes on after the server was killed in the middle of an upload, and leaves nothing half there', async () => {
    // The child that serves the connection outlives its parent: what ends is the line.
    const line = new AbortController();
    const document = aLargeDocument(32 * 1024 * 1024, async () => {
      await openssh.stop('SIGKILL');
      line.abort(new Error('cut'));
    });
    const memory = new EffectMemory();
    const dms = await port();
    expect(['unavailable', 'outcomeUnknown']).toContain(
      (await failure(dms.file(request(1, [document]), new TestDelivery('filing-1', memory, 1, line.signal)))).kind,
    );
    expect(await failure(dms.file(request(1, [document]), new TestDelivery('filing-1', memory, 2)))).toMatchObject({ kind: 'unavailable' });
    await openssh.start();
    await dms.file(request(1, [document]), new TestDelivery('filing-1', memory, 3));
    expect((await readdir(vorgangOf())).toSorted()).toEqual(['Luftbild.tif', 'SHA512SUMS', 'Verzeichnis.json']);
    expect((await stat(join(vorgangOf(), 'Luftbild.tif'))).size).toBe(document.size);
  }, 60_000);

  it('says what an operator has to mend', async () => {
    const tried = async (more: Record<string, unknown>): Promise<unknown> =>
      failure((await port(more)).file(request(), new TestDelivery('filing-1')));
    expect(await tried({ hostKeys: [await openssh.fingerprint('other-host')] })).toEqual({
      kind: 'misconfigured',
      code: 'dms-sftp/host-key-unknown',
    });
    expect(await tried({ directory: `${openssh.directory}/nie` })).toEqual({ kind: 'misconfigured', code: 'dms-sftp/folder-missing' });
    expect(await tried({ username: 'nobody' })).toEqual({ kind: 'misconfigured', code: 'dms-sftp/login-refused' });
    await openssh.writable(false);
    try {
      expect(await tried({})).toEqual({ kind: 'misconfigured', code: 'dms-sftp/access-denied' });
    } finally {
      await openssh.writable(true);
    }
  });

  it('tells in the probe how much room is left', async () => {
    const { checks } = await (await port()).probe(AbortSignal.timeout(5_000));
    expect(checks).toEqual([
      { name: 'folder for Akten', ok: true, detail: 'is there' },
      { name: 'room in it', ok: expect.any(Boolean), detail: expect.stringMatching(/^\d+ MB are free$/) },
    ]);
  });
});

(mayMount ? describe : describe.skip)('dms-sftp on an OpenSSH whose disk is full (needs root, to mount a small one)', () => {
  it('says so, takes away what only fills it, and files everything once when there is room', async () => {
    const small = join(openssh.directory, 'klein');
    await mkdir(small);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0777', 'tmpfs', small]);
    try {
      const { uid, gid } = await stat(openssh.directory);
      await chown(small, uid, gid);
      const filler = join(small, 'filler');
      await writeFile(filler, Buffer.alloc(2 * 1024 * 1024));
      const memory = new EffectMemory();
      const dms = await port({ directory: small });
      expect((await dms.probe(AbortSignal.timeout(5_000))).ok).toBe(false);
      const documents = [aLargeDocument(3 * 1024 * 1024)];
      expect(await failure(dms.file(request(1, documents), new TestDelivery('filing-1', memory)))).toEqual({
        kind: 'unavailable',
        code: 'dms-sftp/storage-full',
      });
      const folder = join(small, 'Gewerbeakte 057110000000', idOf(1));
      expect((await readdir(folder)).toSorted()).toEqual(['SHA512SUMS', 'Verzeichnis.json']);
      await writeFile(filler, '');
      await dms.file(request(1, documents), new TestDelivery('filing-1', memory, 2));
      expect((await readdir(folder)).toSorted()).toEqual(['Luftbild.tif', 'SHA512SUMS', 'Verzeichnis.json']);
    } finally {
      await run('umount', ['--lazy', small]);
    }
  }, 60_000);
});
