// SPDX-License-Identifier: EUPL-1.2
import { ozgCloudSubmissions } from '@amtsbote/adapters/forms-ozg-cloud/simulator';
import { describe, expect, it } from '@jest/globals';

import { POSTGRES } from './suites/journey-carrier.js';
import { rollingRestart } from './suites/rolling-restart.js';
import { atTheEnd } from './support/at-the-end.js';
import { bookkeeping, everythingArrived, query } from './support/bookkeeping.js';
import { eventually } from './support/eventually.js';
import { HubProcess } from './support/hub-process.js';
import { prepareTown } from './support/running-town.js';

rollingRestart(POSTGRES);

describe('a hub that is stopped while it files', () => {
  it('finishes or returns what it holds, and the next one completes it', async () => {
    const prepared = atTheEnd(await prepareTown());
    const { town, environment } = prepared;
    const hub = atTheEnd(await HubProcess.start(environment));
    town.dms.fail({ fault: 'slow', slowMs: 400 });
    await prepared.formServerFor(hub.url).sendAll(ozgCloudSubmissions({ count: 6, seed: 17 }), 6);
    await eventually(() => expect(town.dms.requests.length).toBeGreaterThan(3));
    expect(await hub.stop()).toBe(0);
    const held = await query<{ count: number }>(environment, "SELECT count(*)::int AS count FROM step WHERE state = 'running'");
    expect(held[0]?.count).toBe(0);
    town.dms.heal();
    const next = atTheEnd(await HubProcess.start(environment));
    town.openOffice(next.url);
    await eventually(async () => expect(await bookkeeping(prepared)).toMatchObject(everythingArrived(6)), 60_000);
  }, 120_000);
});
