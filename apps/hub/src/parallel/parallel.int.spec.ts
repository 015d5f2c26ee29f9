// SPDX-License-Identifier: EUPL-1.2
import type { Settled } from '@amtsbote/ops-api';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { aDraft, startHouse, submitTo, TENANT, type TestHouse } from '../../../../test/support/house.js';
import { ApplicationCommands } from '../delivery/application-commands.js';
import type { IntakeEndpoint } from '../intake/intake.service.js';
import { Routes } from '../routing/routes.js';
import { ParallelCommands, type SettleOrder } from './parallel.commands.js';
import { ParallelQueries } from './parallel.queries.js';
import { ParallelRuns } from './parallel-runs.js';

const ADMIN = { actor: 'admin:admin', tenants: null };
const FOREIGNER = { actor: 'admin:other', tenants: ['999999999999'] };
const REASON = 'the new form is ready';
const FORMS = { adapter: 'forms-fake', tenant: TENANT };
const PARALLEL = { current: 'gewerbe', next: 'gewerbe-neu', pairBy: 'text(fields, "nr")' };

describe('a service that moves to another form system', () => {
  let house: TestHouse;
  let queries: ParallelQueries;
  let commands: ParallelCommands;
  beforeEach(async () => {
    house = await startHouse({ config: { endpoints: { gewerbe: FORMS, 'gewerbe-neu': FORMS }, parallelRuns: { umzug: PARALLEL } } });
    const routes = new Routes(house.house);
    queries = new ParallelQueries(house.house, new ParallelRuns(house.house));
    const applications = new ApplicationCommands(house.unitOfWork, house.status, routes, house.laufzettel);
    commands = new ParallelCommands(house.house, house.unitOfWork, queries, applications, routes);
  });
  afterEach(async () => house.close());

  /** Sends a matter through one of the form systems. */
  const send = async (endpoint: string, nr: string | undefined, more: { street?: string; formId?: string } = {}): Promise<string> => {
    house.clock.advance(1_000);
    const through: IntakeEndpoint = { ...house.endpoint, name: endpoint };
    const text = (name: string, value: string) => ({ kind: 'field', name, label: name, type: 'text', value }) as const;
    const form = [...(nr === undefined ? [] : [text('nr', nr)]), text('strasse', more.street ?? 'Am Markt 1')];
    const draft = aDraft({ form, ...(more.formId === undefined ? {} : { formId: more.formId }) });
    return (await submitTo(house, through, house.targets, draft)).id;
  };
  const progressOf = async (id: string): Promise<string | undefined> =>
    (await house.query<{ progress: string }>('SELECT progress FROM application WHERE id = $1', [id]))[0]?.progress;
  const settle = (order: Partial<SettleOrder>): Promise<Settled> =>
    commands.settle(ADMIN, 'umzug', { which: 'alone', end: 'release', reason: REASON, limit: 100, dryRun: false, ...order });
  const counts = async (): Promise<object | undefined> => (await queries.list(ADMIN))[0]?.counts;

  it('is delivered from the current one alone: what the next one sends is kept, has no steps and stands in the journal', async () => {
    const [current, next] = [await send('gewerbe', 'A 1'), await send('gewerbe-neu', 'A 1')];
    expect(await progressOf(current)).toBe('flowing');
    expect(await progressOf(next)).toBe('shadow');
    expect(Object.keys(await house.steps(next))).toEqual([]);
    const events = await house.query<{ event: string }>('SELECT event FROM journal WHERE application_id = $1 ORDER BY seq', [next]);
    expect(events.map(({ event }) => event)).toEqual(['application.submitted', 'application.shadowed']);
    await house.runner.drain('eakte');
    await house.runner.finish(60_000);
    expect(house.targets.dms.filed).toEqual([current]);
  });

  it('shows pairs, and where they differ, without what citizens wrote', async () => {
    await send('gewerbe', 'Nr.  7', { street: 'Geheime Gasse 1' });
    await send('gewerbe-neu', ' nr. 7 ', { street: 'Geheime Gasse 2' });
    await send('gewerbe', 'A 2');
    await send('gewerbe-neu', 'A 3');
    await send('gewerbe-neu', undefined);
    const comparison = await queries.compare('umzug', ADMIN, 10);
    expect(comparison.run.counts).toEqual({ pairs: 1, onlyCurrent: 1, onlyNext: 1, unpairable: 1, shadowsPaired: 1, shadowsAlone: 2 });
    expect(comparison.pairs).toMatchObject([{ differing: ['form/nr', 'form/strasse'] }]);
    expect(comparison.fields[0]).toMatchObject({ place: 'form/nr', different: 1 });
    expect(comparison.alone.map(({ endpoint }) => endpoint).sort()).toEqual(['gewerbe', 'gewerbe-neu', 'gewerbe-neu']);
    expect(JSON.stringify(comparison)).not.toContain('Geheime');
    const [stored] = await house.query<{ key: string }>('SELECT pair_key AS key FROM application WHERE pair_key IS NOT NULL LIMIT 1');
    expect(stored?.key).toMatch(/^[\w-]{43}$/);
  });

  it('pairs what comes several times in the order in which it came', async () => {
    const current = [await send('gewerbe', 'A 1'), await send('gewerbe', 'A 1')];
    const next = [await send('gewerbe-neu', 'A 1'), await send('gewerbe-neu', 'A 1'), await send('gewerbe-neu', 'A 1')];
    const { pairs, run } = await queries.compare('umzug', ADMIN, 10);
    const found = pairs.map((pair) => [pair.current.id, pair.next.id]).sort();
    expect(found).toEqual(current.map((id, index) => [id, next[index]]).sort());
    expect(run.counts).toMatchObject({ pairs: 2, onlyNext: 1 });
  });

  it('shows one pair with values to who may see it, and notes who looked', async () => {
    const ids = { current: await send('gewerbe', 'A 1'), next: await send('gewerbe-neu', 'A 1', { street: 'Am Markt 2' }) };
    const { facts } = await queries.pair('umzug', ADMIN, ids);
    expect(facts).toContainEqual({
      place: 'form/strasse',
      label: 'strasse',
      current: 'Am Markt 1',
      next: 'Am Markt 2',
      verdict: 'different',
    });
    const looked = await house.query<{ actor: string }>("SELECT actor FROM journal WHERE event = 'application.compared'");
    expect(looked).toEqual([{ actor: 'admin:admin' }, { actor: 'admin:admin' }]);
    await expect(queries.pair('umzug', ADMIN, { current: ids.next, next: ids.current })).rejects.toMatchObject({ code: 'not-a-pair' });
    await expect(queries.pair('umzug', FOREIGNER, ids)).rejects.toMatchObject({ code: 'unknown-parallel-run' });
  });

  it('is switched, and switched back: from then on the other one is delivered, and nothing that was sent is lost or doubled', async () => {
    const early = await send('gewerbe-neu', 'A 1');
    await commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe-neu', reason: REASON, dryRun: false });
    const [late, old] = [await send('gewerbe-neu', 'A 2'), await send('gewerbe', 'A 2')];
    expect([await progressOf(early), await progressOf(late), await progressOf(old)]).toEqual(['shadow', 'flowing', 'shadow']);
    await expect(commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe-neu', reason: REASON, dryRun: false })).rejects.toMatchObject({
      code: 'already-in-charge',
    });
    const back = await commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe', reason: REASON, dryRun: false });
    expect(back.run).toMatchObject({ live: 'gewerbe', switched: { by: 'admin:admin', reason: REASON } });
    expect(await progressOf(await send('gewerbe', 'A 3'))).toBe('flowing');
    expect(await counts()).toMatchObject({ shadowsPaired: 1, shadowsAlone: 1 });
    const switches = await house.query<{ to: string }>(
      "SELECT data->>'to' AS to FROM journal WHERE event = 'parallel-run.switched' ORDER BY seq",
    );
    expect(switches.map(({ to }) => to)).toEqual(['gewerbe-neu', 'gewerbe']);
  });

  it('tells before a switch how many of what is kept no route would take', async () => {
    await send('gewerbe-neu', 'A 1', { formId: 'nobody-has-a-route-for-it' });
    await send('gewerbe-neu', 'A 2');
    const tried = await commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe-neu', reason: REASON, dryRun: true });
    expect(tried).toMatchObject({ withoutRoute: 1, run: { live: 'gewerbe', switched: null } });
  });

  it('releases what nobody delivers, once; counts first', async () => {
    const [alone, paired] = [await send('gewerbe-neu', 'A 1'), await send('gewerbe-neu', 'A 2')];
    await send('gewerbe', 'A 2');
    expect(await settle({ dryRun: true })).toEqual({ matched: 1, settled: 0, refused: {}, remaining: 1 });
    expect(await progressOf(alone)).toBe('shadow');
    expect(await settle({})).toEqual({ matched: 1, settled: 1, refused: {}, remaining: 0 });
    expect([await progressOf(alone), await progressOf(paired)]).toEqual(['flowing', 'shadow']);
    expect(await settle({})).toEqual({ matched: 0, settled: 0, refused: {}, remaining: 0 });
    expect(Object.keys(await house.steps(alone))).toEqual(['file']);
  });

  it('releases one of two that are each other’s counterpart, also when two admins release at once', async () => {
    const ours = await send('gewerbe-neu', 'A 1');
    await commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe-neu', reason: REASON, dryRun: false });
    const theirs = await send('gewerbe', 'A 1');
    expect([await progressOf(ours), await progressOf(theirs)]).toEqual(['shadow', 'shadow']);
    const settled = await Promise.all([settle({}), settle({})]);
    expect(settled.reduce((sum, result) => sum + result.settled, 0)).toBe(1);
    expect([await progressOf(ours), await progressOf(theirs)].sort()).toEqual(['flowing', 'shadow']);
    expect(await counts()).toMatchObject({ shadowsPaired: 1, shadowsAlone: 0 });
  });

  it('ends what was a copy, and refuses to release it', async () => {
    const copy = await send('gewerbe-neu', 'A 1');
    await send('gewerbe', 'A 1');
    await expect(settle({ which: 'paired', end: 'release' })).rejects.toMatchObject({ code: 'counterpart-delivered' });
    expect(await settle({ which: 'paired', end: 'discard' })).toEqual({ matched: 1, settled: 1, refused: {}, remaining: 0 });
    expect(await progressOf(copy)).toBe('cancelled');
  });

  it('leaves what no route takes where it is, and says why', async () => {
    await send('gewerbe-neu', 'A 1', { formId: 'nobody-has-a-route-for-it' });
    expect(await settle({})).toEqual({ matched: 1, settled: 0, refused: { 'no-route': 1 }, remaining: 1 });
  });

  it('is nobody else’s business: another municipality neither sees nor switches it', async () => {
    expect(await queries.list(FOREIGNER)).toEqual([]);
    const order = { to: 'gewerbe-neu', reason: REASON, dryRun: false };
    await expect(commands.switchTo(FOREIGNER, 'umzug', order)).rejects.toMatchObject({ code: 'unknown-parallel-run' });
    await expect(commands.switchTo(ADMIN, 'umzug', { ...order, to: 'elsewhere' })).rejects.toMatchObject({ code: 'not-in-this-run' });
  });

  it('answers a repeated submission with what was kept', async () => {
    const through: IntakeEndpoint = { ...house.endpoint, name: 'gewerbe-neu' };
    const draft = aDraft({ submissionId: 'the-same' });
    const first = await submitTo(house, through, house.targets, draft);
    await commands.switchTo(ADMIN, 'umzug', { to: 'gewerbe-neu', reason: REASON, dryRun: false });
    const again = await submitTo(house, through, house.targets, draft);
    expect(again).toMatchObject({ id: first.id, fresh: false });
    expect(await progressOf(first.id)).toBe('shadow');
  });
});
