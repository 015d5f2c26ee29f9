// SPDX-License-Identifier: EUPL-1.2
import { execFile } from 'node:child_process';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from '../journeys/support/eventually.js';
import { speakRaw } from '../journeys/support/raw-http.js';
import {
  aRegistration,
  dataOf,
  expectAccepted,
  expectRefusal,
  file,
  multipartBytes,
  rawHead,
  sendParts,
} from '../journeys/support/submissions.js';
import { TestHub } from '../journeys/support/test-hub.js';

const run = promisify(execFile);
const DISK_BYTES = 4 * 1024 * 1024;
/** Only root may mount; in a container without that right these tests have nothing to stand on. */
const mayMount = process.getuid?.() === 0;

(mayMount ? describe : describe.skip)('a hub whose disk for attachments is full (needs root, to mount a small one)', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start(undefined, 'test/fixtures/config/intake-pressure.yaml');
    await mkdir(hub.blobs, { recursive: true });
    await run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', hub.blobs]);
    await hub.restart();
  }, 60_000);
  afterAll(async () => {
    await run('umount', ['--lazy', hub.blobs]);
    await hub.stop();
  });

  const registration = (bytes: number): Buffer =>
    multipartBytes([dataOf(aRegistration(0)), file('lageplan', 'Lageplan.pdf', Buffer.alloc(bytes, 'x'))]);
  const halfWritten = async (): Promise<string[]> =>
    (await readdir(hub.blobs, { recursive: true })).filter((name) => name.endsWith('.writing'));
  /** Announces nothing, as chunked senders do: the hub learns of the size only when it is written. */
  async function sendUnannounced(body: Buffer): ReturnType<typeof speakRaw> {
    const head = rawHead(hub, ['Transfer-Encoding: chunked']);
    return speakRaw(hub.url, [head, `${body.length.toString(16)}\r\n`, body, '\r\n0\r\n\r\n']);
  }

  it('answers 507 to what it could not write, keeps nothing of it, and takes everything again when there is space', async () => {
    expectAccepted(await sendParts(hub, registration(1_000_000)));
    const before = await hub.stored();
    const refused = await sendUnannounced(registration(3_500_000));
    expectRefusal(refused, { status: 507, code: 'storage-full' });
    expect(refused.headers['retry-after']).toBe('60');
    expect(await halfWritten()).toEqual([]);
    expect(await hub.stored()).toMatchObject({ applications: before.applications, attachments: before.attachments, files: before.files });

    // Somebody else fills the disk: even the smallest is refused, before it is read when its size is announced.
    const filler = join(hub.blobs, 'filler');
    await writeFile(filler, Buffer.alloc(DISK_BYTES)).catch((error: unknown) => expect(error).toMatchObject({ code: 'ENOSPC' }));
    await eventually(async () => void expectRefusal(await sendParts(hub, registration(10_000)), { status: 503, code: 'storage-low' }));
    expectRefusal(await sendUnannounced(registration(10_000)), { status: 507, code: 'storage-full' });
    expect(await halfWritten()).toEqual([]);

    await writeFile(filler, '');
    const body = registration(2_000_000);
    await eventually(async () => void expectAccepted(await sendParts(hub, body)));
    const { files } = await hub.stored();
    const sizes = await Promise.all(
      files.filter((name) => name !== 'filler').map(async (id) => (await stat(join(hub.blobs, id.slice(-2), id))).size),
    );
    expect(sizes.sort((a, b) => a - b)).toEqual([1_000_000, 2_000_000]);
  }, 60_000);
});
