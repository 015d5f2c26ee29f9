// SPDX-License-Identifier: EUPL-1.2
import type { CataloguePage } from '@amtsbote/adapter-kit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { ADMIN, aService, pagesOf, put, SOURCE, startCatalogue, type TestCatalogue } from '../../../../../test/support/catalogue.js';
import { PAGES_MAX } from './batch.js';

const LEASE_MS = 30_000;
/** As many pages as one batch takes: what is read before is saved. */
const BATCH = PAGES_MAX;

/** Pages of one service each, with cursors or without. */
function pages(count: number, cursors: boolean, from = 0): CataloguePage[] {
  const all = pagesOf('snapshot', ...Array.from({ length: count }, (_, index) => [put(aService(`s${index}`, `Leistung ${index}`))]));
  return all.slice(from).map((page, index) => ({ ...page, cursor: cursors ? String(from + index + 1) : null }));
}

describe('a run whose worker is gone', () => {
  let catalogue: TestCatalogue;
  let release: () => void;
  let reached: Promise<void>;
  /** Reads on only when it is released: the worker that hangs here is as good as dead. */
  let hang: () => Promise<void>;
  beforeEach(async () => {
    catalogue = await startCatalogue({ leaseMs: LEASE_MS });
    let arrive: () => void;
    reached = new Promise((resolve) => (arrive = resolve));
    const released = new Promise<void>((resolve) => (release = resolve));
    hang = async () => {
      arrive();
      await released;
    };
  });
  afterEach(async () => {
    release();
    await catalogue.worker.idle();
    await catalogue.close();
  });

  /** The first batch is in the stage, and the worker hangs. */
  const saved = async (id: number) => {
    await reached;
    while ((await catalogue.find(id)).position < BATCH) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const takeOver = async (id: number) => {
    const other = await catalogue.another('second');
    await expect(other.worker.round()).resolves.toBe(0);
    // The hanging worker is alive and would prolong its lease if time moved: a dead one does not.
    await catalogue.house.query('UPDATE catalogue_run SET lease_until = $1', [new Date(catalogue.house.clock.now().getTime() - 1)]);
    await expect(other.worker.round()).resolves.toBe(1);
    await other.worker.idle();
    return catalogue.find(id);
  };

  it('is taken over after its lease and goes on at the last saved cursor', async () => {
    catalogue.source.reads = [[...pages(BATCH * 2, true).slice(0, BATCH), hang], pages(BATCH * 2, true, BATCH)];
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    await catalogue.worker.round();
    await saved(id);
    const run = await takeOver(id);
    expect(catalogue.source.cursors).toEqual([null, String(BATCH)]);
    expect(run).toMatchObject({ state: 'applied', counts: { added: BATCH * 2 }, progress: { objects: BATCH * 3 } });
    expect(Object.keys(await catalogue.current())).toHaveLength(BATCH * 2);
  });

  it('goes on in the middle of what it recognises, and forgets nothing of it', async () => {
    catalogue.source.handwriting = 'neat';
    const all = pages(BATCH * 2, true);
    catalogue.source.reads = [all, [...all.slice(0, BATCH), hang], all.slice(BATCH)];
    await expect(catalogue.run()).resolves.toMatchObject({ state: 'applied', counts: { added: BATCH * 2 } });
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test', isFull: true });
    await catalogue.worker.round();
    await saved(id);
    expect(catalogue.source.recognised).toHaveLength(BATCH);
    await expect(takeOver(id)).resolves.toMatchObject({ state: 'applied', counts: { unchanged: BATCH * 2, removed: 0, changed: 0 } });
    expect(catalogue.source.recognised).toHaveLength(BATCH * 2);
  });

  it('begins anew where the source has no cursors, and doubles nothing', async () => {
    catalogue.source.reads = [[...pages(BATCH * 2, false).slice(0, BATCH), hang], pages(BATCH * 2, false)];
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    await catalogue.worker.round();
    await saved(id);
    const run = await takeOver(id);
    expect(catalogue.source.cursors).toEqual([null, null]);
    expect(run).toMatchObject({ state: 'applied', counts: { added: BATCH * 2 } });
    await expect(catalogue.house.query('SELECT count(*)::int AS n FROM catalogue_content')).resolves.toEqual([{ n: BATCH * 2 }]);
  });

  it('is not disturbed by the late owner, who notices that it lost the run', async () => {
    const late = pages(BATCH * 2, true).map((page) => ({ ...page, changes: [put(aService('late', 'Zu spät'))] }));
    catalogue.source.reads = [[...pages(BATCH * 2, true).slice(0, BATCH), hang, ...late.slice(BATCH)], pages(BATCH * 2, true, BATCH)];
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    await catalogue.worker.round();
    await saved(id);
    await takeOver(id);
    release();
    await catalogue.worker.idle();
    expect(await catalogue.find(id)).toMatchObject({ state: 'applied', counts: { added: BATCH * 2 } });
    expect(Object.keys(await catalogue.current())).not.toContain('service L100042:late');
  });

  it('reads everything again when the database lost what was staged', async () => {
    catalogue.source.reads = [[...pages(BATCH * 2, true).slice(0, BATCH), hang], pages(BATCH * 2, true)];
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    await catalogue.worker.round();
    await saved(id);
    // What a crash of PostgreSQL leaves of an unlogged table.
    await catalogue.house.query(`TRUNCATE catalogue_stage_${id}`);
    const run = await takeOver(id);
    expect(catalogue.source.cursors).toEqual([null, null]);
    expect(run).toMatchObject({ state: 'applied', counts: { added: BATCH * 2 } });
  });

  it('ends within its lease when it is cancelled, and changes nothing', async () => {
    catalogue.source.reads = [[...pages(BATCH * 2, true).slice(0, BATCH), hang, ...pages(BATCH * 2, true, BATCH)]];
    const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    await catalogue.worker.round();
    await saved(id);
    await catalogue.commands.cancel(ADMIN, id);
    release();
    await catalogue.worker.idle();
    expect(await catalogue.find(id)).toMatchObject({ state: 'cancelled', version: null });
    await expect(catalogue.current()).resolves.toEqual({});
  });
});

describe('runs of one source', () => {
  let catalogue: TestCatalogue;
  beforeEach(async () => {
    catalogue = await startCatalogue({ everyMs: 60_000 });
    catalogue.source.reads = [pages(3, false)];
  });
  afterEach(async () => catalogue.close());

  it('go one after the other, whatever number of processes works', async () => {
    const others = [catalogue, await catalogue.another('second'), await catalogue.another('third')];
    for (let index = 0; index < 5; index += 1) await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test' });
    const begun = await Promise.all(others.map(({ worker }) => worker.round()));
    expect(begun.reduce((sum, count) => sum + count, 0)).toBe(1);
    await Promise.all(others.map(({ worker }) => worker.idle()));
  });

  it('are asked for by the clock, once for all processes, and not while one is open', async () => {
    const other = await catalogue.another('second');
    await Promise.all([catalogue.worker.round(), other.worker.round()]);
    await Promise.all([catalogue.worker.idle(), other.worker.idle()]);
    const states = async () => (await catalogue.runs.list([SOURCE], 10)).map(({ state, actor }) => `${state} ${actor}`);
    await catalogue.work();
    await expect(states()).resolves.toEqual(['applied hub:schedule']);
    catalogue.house.clock.advance(59_999);
    await catalogue.work();
    await expect(states()).resolves.toHaveLength(1);
    catalogue.house.clock.advance(1);
    await catalogue.work();
    await expect(states()).resolves.toHaveLength(2);
  });
});
