// SPDX-License-Identifier: EUPL-1.2
import { FormsPullPort } from '@amtsbote/adapter-kit';
import { trayAdapter, type TrayItem, Trays } from '@amtsbote/adapter-kit/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type Process, startHouse, TENANT, type TestHouse } from '../../../../../test/support/house.js';
import { type ClaimedSource, gateOf, SourceLost } from './pulled.js';

const LEASE_MS = 60_000;

type PullWish = Record<string, unknown>;

describe('submissions that are fetched', () => {
  let trays: Trays;
  let house: TestHouse;

  async function open(options: Record<string, unknown> = {}, pull: PullWish = {}): Promise<void> {
    house = await startHouse({
      endpoints: { trays: { adapter: trayAdapter, options: { url: trays.url, ...options } } },
      config: {
        endpoints: {
          trays: {
            adapter: 'forms-tray',
            tenant: TENANT,
            pull: { everyMs: 60_000, leaseMs: LEASE_MS, retry: { firstMs: 1_000, maxMs: 60_000 }, breaker: { failures: 3 }, ...pull },
          },
        },
      },
    });
  }
  beforeEach(async () => {
    trays = await new Trays().start();
  });
  afterEach(async () => {
    await house.close();
    await trays.stop();
  });

  /** Asks what is due, and waits until it has answered. @returns how many sources were asked */
  async function look(process: Process = house): Promise<number> {
    const begun = await process.pull.worker.look();
    await process.pull.worker.idle();
    return begun;
  }
  async function applications(): Promise<string[]> {
    const rows = await house.query<{ id: string }>('SELECT submission_id AS id FROM application ORDER BY received_at, submission_id');
    return rows.map(({ id }) => id);
  }
  async function held(): Promise<{ id: string; state: string; code: string; attempts: number }[]> {
    return house.query("SELECT submission_id AS id, state, failure->>'code' AS code, attempts FROM pull_held ORDER BY 1");
  }
  async function source(): Promise<Record<string, unknown> | undefined> {
    const [row] = await house.query<Record<string, unknown>>(
      "SELECT * FROM pull_source WHERE endpoint = 'trays' AND source <> '*' ORDER BY source LIMIT 1",
    );
    return row;
  }
  const lines = (pattern: RegExp): number => trays.requests.filter((line) => pattern.test(line)).length;

  it('become applications like those that are sent, and their source is told after that', async () => {
    await open();
    const ids = trays.put(25, { files: [{ name: 'Lageplan.pdf', content: 'Plan' }] });
    expect(await look()).toBe(1);
    // What was taken made the list shorter while it was read: the rest is asked for at once.
    expect(await look()).toBe(1);
    expect((await applications()).sort()).toEqual([...ids].sort());
    expect([...trays.taken].sort()).toEqual([...ids].sort());
    expect(await held()).toEqual([]);
    const counted = await house.query(
      `SELECT (SELECT count(*)::int FROM attachment) AS attachments, (SELECT count(*)::int FROM step) AS steps`,
    );
    expect(counted).toEqual([{ attachments: 25, steps: 25 }]);
    expect(await source()).toMatchObject({ accepted: '25', acknowledged: '25', known: '0', failures: 0, failure: null, delay_ms: '60000' });
  });

  it('are asked for again only when it is time, or when somebody says that something is waiting', async () => {
    await open();
    await look();
    trays.put(1);
    house.clock.advance(50_000);
    expect(await look()).toBe(0);
    const [endpoint] = house.pull.sources.list();
    if (endpoint === undefined) throw new Error('no endpoint fetches');
    expect(await house.pull.sources.signal(endpoint, ['unknown'])).toBe(0);
    expect(await look()).toBe(0);
    expect(await house.pull.sources.signal(endpoint, [])).toBe(1);
    expect(await look()).toBe(1);
    trays.put(1);
    house.clock.advance(70_000);
    expect(await look()).toBe(1);
    expect(trays.taken).toHaveLength(2);
  });

  it('are asked for once more when a signal came during the round', async () => {
    await open();
    await house.pull.sources.ensure();
    const [claimed] = await claim(house);
    if (claimed === undefined) throw new Error('nothing was due');
    await house.pull.sources.signal(claimed.endpoint, []);
    const tally = { accepted: 0, known: 0, acknowledged: 0, refused: 0, delayMs: null };
    await house.pull.sources.end(claimed, { tally, dueAt: new Date(house.clock.now().getTime() + 60_000), outcome: 'succeeded' });
    expect(await look()).toBe(1);
  });

  it.each(['atStart', 'atCursor'])(
    'are acknowledged later when the source did not hear of it, and are no second application (%s)',
    async (begins) => {
      await open({ begins });
      const ids = trays.put(2);
      trays.fail({ fault: 'error500', times: 2, match: /taken$/ });
      await look();
      expect(await held()).toEqual(ids.map((id) => ({ id, state: 'unacknowledged', code: 'tray/failed', attempts: 1 })));
      expect(trays.taken).toEqual([]);
      const fetched = lines(/^GET \/a\/[^/]+$/);
      house.clock.advance(2_000);
      await look(await house.startProcess('second'));
      expect([...trays.taken].sort()).toEqual(ids);
      expect(await applications()).toHaveLength(2);
      expect(await held()).toEqual([]);
      expect(lines(/^GET \/a\/[^/]+$/)).toBe(fetched);
    },
  );

  it('are told apart from those that came another way: known, acknowledged, not fetched', async () => {
    await open();
    const [id = ''] = trays.put(1);
    await house.query(`UPDATE application SET endpoint = 'trays' WHERE id = $1`, [await house.submit({ submissionId: id })]);
    await look();
    expect(trays.taken).toEqual([id]);
    expect(lines(/^GET \/a\/[^/]+$/)).toBe(0);
    expect(await source()).toMatchObject({ accepted: '0', known: '1', acknowledged: '1' });
  });

  it.each(['atStart', 'atCursor'])(
    'do not wait for one that nobody can read: it is kept, told to a person once, and tried again now and then (%s)',
    async (begins) => {
      await open({ begins }, { keptMaxMs: 60_000 });
      const [unreadable = ''] = trays.put(1, { content: 'nonsense' });
      const ids = trays.put(3);
      await look();
      expect([...trays.taken].sort()).toEqual(ids);
      expect(await held()).toEqual([{ id: unreadable, state: 'kept', code: 'intake/nonsense', attempts: 1 }]);
      house.clock.advance(1_100);
      await look();
      expect(await held()).toMatchObject([{ attempts: 2 }]);
      const asked = lines(new RegExp(`GET /a/${unreadable}$`));
      expect(asked).toBe(2);
      const entries = await house.query(`SELECT data FROM journal WHERE event = 'submission.refused'`);
      expect(entries).toEqual([{ data: { source: 'a', submission: unreadable, code: 'intake/nonsense', told: false } }]);
      for (const item of trays.items.filter((one) => one.id === unreadable)) Object.assign(item, { content: 'ok' });
      house.clock.advance(120_000);
      await look();
      expect(trays.taken).toContain(unreadable);
      expect(await held()).toEqual([]);
    },
  );

  it('go back to their sender where the source has a word for it', async () => {
    await open({ returns: true });
    const [unreadable] = trays.put(1, { content: 'nonsense' });
    await look();
    expect(trays.returned).toEqual([unreadable]);
    expect(await held()).toMatchObject([{ id: unreadable, state: 'told' }]);
    house.clock.advance(31 * 24 * 60 * 60_000);
    await look();
    expect(await held()).toEqual([]);
  });

  it('are looked at again while their sender calls them drafts', async () => {
    await open();
    const [draft = ''] = trays.put(1, { content: 'draft' });
    await look();
    expect(await held()).toMatchObject([{ id: draft, state: 'retrying', code: 'intake/no-submission' }]);
    trays.withdraw(draft);
    house.clock.advance(2_000);
    await look();
    expect(await held()).toEqual([]);
    expect(await applications()).toEqual([]);
  });

  it.each([
    ['they cannot be read', { content: 'nonsense' as const }, /none/],
    ['the line breaks between two files', {}, /tray-1\/1$/],
  ])('leave no bytes behind when %s', async (_what, more, match) => {
    await open();
    trays.put(1, { ...more, files: [{ name: 'a.pdf', content: 'a' }, { name: 'b.pdf', content: 'b' }] }); // prettier-ignore
    trays.fail({ fault: 'error500', match });
    await look();
    expect(await held()).toHaveLength(1);
    const left: string[] = [];
    for await (const id of house.house.blobs.listOlderThan(new Date(house.clock.now().getTime() + 1e10))) left.push(id);
    expect(left).toEqual([]);
  });

  it('are not acknowledged by a process that stood still and lost the source meanwhile: whoever has it does that', async () => {
    await open();
    trays.put(1);
    const second = await house.startProcess('second');
    const port = house.pull.sources.find('trays')?.port;
    if (!(port instanceof FormsPullPort)) throw new Error('no endpoint fetches');
    const fetch = port.fetch.bind(port);
    const slowly: typeof fetch = async (...call) => {
      const received = await fetch(...call);
      // Its lease may be prolonged once more before it finds out.
      do house.clock.advance(LEASE_MS + 1);
      while ((await look(second)) === 0);
      return received;
    };
    Object.assign(port, { fetch: slowly });
    await look();
    expect(lines(/taken$/)).toBe(1);
    expect(await applications()).toHaveLength(1);
    expect(await source()).toMatchObject({ accepted: '1', acknowledged: '1' });
  });

  it('are asked for by one process at a time', async () => {
    await open({ trays: ['a', 'b'] });
    trays.put(3);
    trays.put(3, { tray: 'b' });
    const second = await house.startProcess('second');
    const begun = await Promise.all([look(house), look(second), look(house), look(second)]);
    expect(begun.reduce((sum, count) => sum + count, 0)).toBe(2);
    expect(lines(/^GET \/[ab]\?/)).toBe(2);
    expect(trays.taken).toHaveLength(6);
  });

  it('are asked for by another process after the lease of one that died; what the first one still writes is refused', async () => {
    await open({ begins: 'atCursor' });
    await house.pull.sources.ensure();
    const [dead] = await claim(house);
    if (dead === undefined) throw new Error('nothing was due');
    const second = await house.startProcess('second');
    expect(await look(second)).toBe(0);
    house.clock.advance(LEASE_MS + 1);
    expect(await look(second)).toBe(1);
    const tally = { accepted: 5, known: 0, acknowledged: 0, refused: 0, delayMs: null };
    expect(await house.pull.sources.renew(dead, LEASE_MS)).toBe(false);
    await expect(house.pull.sources.keepCursor(dead, '999')).rejects.toThrow(SourceLost);
    await expect(house.pull.sources.end(dead, { tally, dueAt: house.clock.now(), outcome: 'left' })).rejects.toThrow(SourceLost);
    expect(await source()).toMatchObject({ accepted: '0', cursor: '0' });
  });

  it('are asked for with growing pauses while the source is down, and not at all while the circuit is open', async () => {
    await open();
    trays.fail('down');
    const asked: number[] = [];
    for (let second = 0; second < 20; second += 1) {
      await look();
      asked.push(lines(/./));
      house.clock.advance(1_000);
    }
    expect(asked.at(-1)).toBe(3);
    expect(await source()).toMatchObject({ failures: 3, failure: { kind: 'unavailable', code: 'tray/unreachable' } });
    trays.heal();
    trays.put(1);
    house.clock.advance(60_000);
    await look();
    expect(trays.taken).toHaveLength(1);
    expect(await source()).toMatchObject({ failures: 0, failure: null });
  });

  it('are no longer asked for when the credentials are not accepted, until somebody resumes the endpoint', async () => {
    await open();
    trays.put(1);
    trays.fail('unauthorised');
    await look();
    trays.heal();
    house.clock.advance(10 * 60_000);
    expect(await look()).toBe(0);
    await house.gates.resume(gateOf('trays'));
    expect(await look()).toBe(1);
    expect(trays.taken).toHaveLength(1);
  });

  it('end the round when one after the other does not answer, and are there at the next', async () => {
    await open({}, { submissionsAtOnce: 1 });
    trays.put(8);
    trays.fail({ fault: 'error500', times: 3, match: /GET \/a\/[^/]+$/ });
    await look();
    expect(await held()).toHaveLength(3);
    expect(trays.taken).toEqual([]);
    house.clock.advance(5_000);
    await look();
    expect(trays.taken).toHaveLength(8);
    expect(await held()).toEqual([]);
  });

  it('are fetched at the rate that the source allows', async () => {
    await open({}, { rate: { perMinute: 6, burst: 2 } });
    trays.put(5);
    await look();
    expect(trays.taken).toHaveLength(2);
    for (let second = 0; second < 35; second += 1) {
      house.clock.advance(1_000);
      await look();
    }
    expect(trays.taken).toHaveLength(5);
  });

  it('do not move the cursor past a page that is not written down', async () => {
    await open({ begins: 'atCursor' }, { submissionsAtOnce: 1 });
    trays.put(15);
    trays.fail({ fault: 'unauthorised', match: /tray-12$/ });
    await look();
    expect(await source()).toMatchObject({ cursor: '10' });
    trays.heal();
    await house.gates.resume(gateOf('trays'));
    house.clock.advance(2_000);
    await look();
    expect(trays.taken).toHaveLength(15);
    expect(await source()).toMatchObject({ cursor: '15' });
  });

  it('are refused when they name themselves by another id than the one they were listed under', async () => {
    await open();
    trays.put(1);
    const port = house.pull.sources.find('trays')?.port;
    if (!(port instanceof FormsPullPort)) throw new Error('no endpoint fetches');
    const translate = port.translate.bind(port);
    Object.assign(port, { translate: (received: Parameters<typeof translate>[0]) => ({ ...translate(received), submissionId: 'other' }) });
    await look();
    expect(await held()).toMatchObject([{ state: 'kept', code: 'intake/submission-id-differs' }]);
    expect(await applications()).toEqual([]);
  });

  describe('whose books are compared', () => {
    const DAY_MS = 24 * 60 * 60_000;
    const at = (ms: number): Partial<TrayItem> => ({ submittedAt: new Date(house.clock.now().getTime() + ms).toISOString() });
    async function compared(): Promise<Record<string, unknown> | undefined> {
      const [row] = await house.query<Record<string, unknown>>('SELECT * FROM pull_reconciliation ORDER BY started_at DESC LIMIT 1');
      return row;
    }

    it('are fetched when they are missing here, whatever the source thinks; what is not in the books is reported', async () => {
      await open();
      await look();
      expect(await compared()).toBeUndefined();
      const [here = '', lost = '', unreadable = ''] = [trays.put(1, at(1_000)), trays.put(1, at(2_000)), trays.put(1, { ...at(3_000), content: 'nonsense' })].flat(); // prettier-ignore
      for (const item of trays.items.filter(({ id }) => id === lost)) item.state = 'taken';
      await house.query(`UPDATE application SET endpoint = 'trays' WHERE id = $1`, [await house.submit({ submissionId: 'only-here' })]);
      house.clock.advance(120_000);
      await look();
      expect(trays.taken).toEqual([here]);
      house.clock.advance(DAY_MS);
      await look();
      const rows = await house.query<object>('SELECT booked, matched, fetched, missing, surplus, fetched_ids, missing_ids, surplus_ids FROM pull_reconciliation ORDER BY started_at DESC LIMIT 1'); // prettier-ignore
      expect(rows).toEqual([
        {
          booked: 3,
          matched: 1,
          fetched: 1,
          missing: 1,
          surplus: 1,
          fetched_ids: [lost],
          missing_ids: [unreadable],
          surplus_ids: ['only-here'],
        },
      ]);
      expect((await applications()).sort()).toEqual([here, lost, 'only-here'].sort());
      const [entry] = await house.query<{ data: object }>("SELECT data FROM journal WHERE event = 'pull.reconciled' ORDER BY at DESC LIMIT 1"); // prettier-ignore
      expect(entry?.data).toMatchObject({ booked: 3, fetched: 1, missing: 1, surplus: 1 });
    });

    it('do not bring what was submitted, and taken by somebody else, before the hub came', async () => {
      await open();
      const [old] = trays.put(1, at(-3_600_000));
      for (const item of trays.items) item.state = 'taken';
      await look();
      house.clock.advance(DAY_MS);
      await look();
      expect(await compared()).toMatchObject({ state: 'done', booked: 0, missing: 0 });
      expect(await applications()).not.toContain(old);
    });

    it('are compared again when the source was down, and the run that failed says so', async () => {
      await open();
      await look();
      trays.fail({ fault: 'error500', times: 1, match: /books/ });
      house.clock.advance(DAY_MS);
      await look();
      expect(await compared()).toMatchObject({ state: 'failed', failure: { code: 'tray/failed' } });
      house.clock.advance(5_000);
      await look();
      expect(await compared()).toMatchObject({ state: 'done' });
    });
  });

  async function claim(process: Process): Promise<ClaimedSource[]> {
    const endpoint = process.pull.sources.find('trays');
    return endpoint === undefined ? [] : process.pull.sources.claim(endpoint, 1);
  }
});
