// SPDX-License-Identifier: EUPL-1.2
import { connect, type Socket } from 'node:net';

import type { IntakeLoadView } from '@amtsbote/ops-api';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { OpsClient } from './support/ops-client.js';
import { aRegistration, expectAccepted, expectRefusal, rawHead } from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

const CONFIG = 'test/fixtures/config/intake-pressure.yaml';

describe('an intake under pressure', () => {
  let hub: TestHub;
  let admin: OpsClient;
  const dawdlers: Socket[] = [];
  beforeAll(async () => {
    hub = await TestHub.start(undefined, CONFIG);
    admin = new OpsClient(hub.url, hub.environment['OPS_TOKEN'] ?? '');
  });
  afterEach(async () => {
    for (const socket of dawdlers.splice(0)) socket.destroy();
    await eventually(async () => expect((await load()).inFlight).toBe(0));
  });
  afterAll(async () => hub.stop());

  const load = async (): Promise<IntakeLoadView> => (await admin.call<IntakeLoadView>('GET', '/ops/intake')).body;
  const health = async (): Promise<unknown> => (await fetch(`${hub.url}/health/ready`)).json();
  /** Senders that begin and do not go on. */
  async function flood(count: number): Promise<void> {
    const { hostname, port } = new URL(hub.url);
    const before = (await load()).inFlight;
    for (let n = 0; n < count; n += 1) {
      const socket = connect({ host: hostname, port: Number(port) });
      socket.on('error', () => undefined);
      socket.write(`${rawHead(hub, ['Content-Length: 5000'])}--grenze-zwischen-teilen`);
      dawdlers.push(socket);
    }
    await eventually(async () => expect((await load()).inFlight).toBe(before + count));
  }

  it('tells the flooded municipality’s senders to come again, takes another’s, and takes the first one’s again afterwards', async () => {
    await flood(6);
    const stored = await hub.stored();
    const refused = await hub.forms().send(aRegistration());
    expectRefusal(refused, { status: 429, code: 'too-many-at-once' });
    expect('headers' in refused ? refused.headers['retry-after'] : undefined).toBe('3');
    expect(await hub.stored()).toEqual(stored);
    expectAccepted(await hub.forms('nachbarn').send(aRegistration()));
    expect(await health()).toMatchObject({ status: 'ready', pressed: true });
    expect(await load()).toMatchObject({ nearLimit: true, isPressed: true, refused: { 'too-many-at-once': 1 } });
    expect(await hub.journal('submission.rejected')).toEqual([]);
    for (const socket of dawdlers.splice(0)) socket.destroy();
    await eventually(async () => void expectAccepted(await hub.forms().send(aRegistration())));
  });

  it('lets no stranger take a place', async () => {
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(hub.url).port) });
    const answer = new Promise<string>((resolve) => socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
    socket.write(`${rawHead(hub, ['Content-Length: 5000'], { token: 'somebody-else-s-token' })}--grenze`);
    dawdlers.push(socket);
    expect(await answer).toMatch(/^HTTP\/1\.1 401 /);
    expect((await load()).inFlight).toBe(0);
  });

  it('refuses before a byte is read what the disk could not take; what was accepted goes its way meanwhile', async () => {
    const { applicationId } = expectAccepted(await hub.forms().send(aRegistration()));
    const { blobs } = hub.hub.house;
    const freeBytes = blobs.freeBytes.bind(blobs);
    try {
      Object.assign(blobs, { freeBytes: async () => 1_000 });
      const stored = await hub.stored();
      await eventually(async () => {
        const refused = await hub.forms().send(aRegistration());
        expectRefusal(refused, { status: 503, code: 'storage-low' });
        expect('headers' in refused ? refused.headers['retry-after'] : undefined).toBe('3');
      });
      expect((await hub.stored()).applications).toBeGreaterThanOrEqual(stored.applications);
      await eventually(async () => {
        const { body } = await admin.call<{ progress: string }>('GET', `/ops/applications/${applicationId}`);
        expect(body.progress).toBe('finished');
      });
    } finally {
      Object.assign(blobs, { freeBytes });
    }
    await eventually(async () => void expectAccepted(await hub.forms().send(aRegistration())));
  });
});
