// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { OpsClient } from './support/ops-client.js';
import { aRegistration, expectAccepted } from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

const BURST = 120;
const AT_A_TIME = 4;
const REASON = { reason: 'fair' };

describe('a single application beside a burst of another municipality, at the same target', () => {
  let hub: TestHub;
  beforeAll(async () => {
    hub = await TestHub.start(undefined, 'test/fixtures/config/intake-pressure.yaml');
  });
  afterAll(async () => hub.stop());

  it('is filed among the first, though it came last', async () => {
    const admin = new OpsClient(hub.url, hub.environment['OPS_TOKEN'] ?? '');
    await admin.call('POST', '/ops/instances/ablage/pause', REASON);
    for (let sent = 0; sent < BURST; sent += AT_A_TIME) {
      const answers = await Promise.all(Array.from({ length: AT_A_TIME }, async () => hub.forms().send(aRegistration(0))));
      answers.forEach(expectAccepted);
    }
    const { applicationId } = expectAccepted(await hub.forms('nachbarn').send(aRegistration(0)));
    await eventually(async () => {
      const [due] = await hub.query<{ count: number }>("SELECT count(*)::int AS count FROM step WHERE state = 'due'");
      expect(due?.count).toBe(BURST + 1);
    }, 60_000);
    await admin.call('POST', '/ops/instances/ablage/resume', REASON);
    await eventually(async () => {
      const [open] = await hub.query<{ count: number }>("SELECT count(*)::int AS count FROM step WHERE state <> 'done'");
      expect(open?.count).toBe(0);
    }, 60_000);
    const [before] = await hub.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM attempt a, (SELECT t.started_at FROM attempt t JOIN step s ON s.id = t.step_id WHERE s.application_id = $1) single
       WHERE a.started_at < single.started_at`,
      [applicationId],
    );
    expect(before?.count).toBeLessThan(BURST / 4);
  }, 180_000);
});
