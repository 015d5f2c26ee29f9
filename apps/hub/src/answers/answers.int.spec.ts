// SPDX-License-Identifier: EUPL-1.2
import type { Adapter } from '@amtsbote/adapter-kit';
import { adapter as memory } from '@amtsbote/adapters/dms-memory';
import { SimulatedArchive } from '@amtsbote/adapters/dms-memory/simulator';
import type { Decision } from '@amtsbote/canonical';
import { afterEach, describe, expect, it } from '@jest/globals';

import { type Process, processOf, startHouse, TENANT, type TestHouse } from '../../../../test/support/house.js';
import type { Operator } from '../ops/operator.js';
import { PullQueries } from '../ops/pulls/pull-queries.js';

const LEASE_MS = 40_000;
const LETTER = { fileName: 'Bescheid Mustermann.pdf', mediaType: 'application/pdf', bytes: Buffer.from('%PDF-1.7 Bescheid') };

describe('answers from the outbox of a DMS', () => {
  let house: TestHouse;
  let archive: SimulatedArchive;

  async function open(outbox: Record<string, unknown> = {}, answers: Record<string, unknown> = {}): Promise<void> {
    archive = new SimulatedArchive('answers');
    const options = memory.options.parse({ archive: 'answers', outbox });
    const withOutbox: Adapter = { ...memory, create: (_options: unknown, environment) => memory.create(options, environment) };
    const instance = { leaseMs: LEASE_MS, retry: { firstMs: 1_000, maxMs: 60_000 }, breaker: { failures: 3, openMs: 10_000 } };
    house = await startHouse({
      adapters: { archive: withOutbox },
      config: {
        instances: { archive: { ...instance, adapter: 'dms-memory', answers: { outcomes: { bewilligt: 'granted' }, ...answers } } },
        routes: [
          {
            name: 'filed',
            match: { formIds: ['filed'] },
            reportTo: 'portal',
            steps: [
              { name: 'file', kind: 'filing', instance: 'archive' },
              { name: 'copy', kind: 'filing', instance: 'eakte' },
            ],
          },
        ],
      },
    });
  }
  afterEach(async () => house.close());

  /** Runs everything that is due at these instances. */
  async function work(...instances: readonly string[]): Promise<void> {
    for (const instance of instances) {
      const { runner } = processOf(house.house);
      await runner.drain(instance);
      await runner.finish(60_000);
    }
  }
  /** @returns ids of an application and of its Vorgang. */
  async function filed(): Promise<{ id: string; vorgang: string }> {
    const id = await house.submit();
    await work('archive', 'eakte', 'portal');
    const { file } = await house.steps(id);
    return { id, vorgang: (file?.receipt as { vorgang: { id: string } }).vorgang.id };
  }
  async function look(process: Process = house, advanceMs = 120_000): Promise<void> {
    house.clock.advance(advanceMs);
    await process.pull.worker.look();
    await process.pull.worker.idle();
  }
  async function decisions(): Promise<(Decision & { applicationId: string })[]> {
    const rows = await house.query<{ document: Decision; id: string }>(
      'SELECT document, application_id AS id FROM decision ORDER BY received_at, id',
    );
    return rows.map(({ document, id }) => ({ ...document, applicationId: id }));
  }
  const names = async (): Promise<string[]> => (await decisions()).map(({ documents: [first] }) => first?.originalName ?? '');
  async function held(): Promise<{ state: string; code: string }[]> {
    return house.query("SELECT state, failure->>'code' AS code FROM pull_held WHERE endpoint = 'dms:archive' ORDER BY submission_id");
  }
  const told = (id: string): string[] =>
    house.targets.portal.updates.filter((update) => update.applicationId === id).map(({ state }) => state);

  it('are told to the applicant once, with the document, and shown as taken in the DMS; they are filed only where they do not lie yet', async () => {
    await open();
    const { id, vorgang } = await filed();
    archive.placeAnswer(vorgang, { ...LETTER, mark: 'bewilligt' });
    const before = archive.books().documents;
    await look();
    await work('portal', 'eakte', 'archive', 'portal');
    expect(await decisions()).toMatchObject([
      {
        applicationId: id,
        outcome: 'granted',
        text: 'Zu Ihrem Antrag gibt es ein neues Dokument.',
        documents: [{ originalName: LETTER.fileName, mediaType: 'application/pdf', size: LETTER.bytes.length, purpose: 'decision' }],
      },
    ]);
    const completed = house.targets.portal.updates.filter(({ state }) => state === 'COMPLETED');
    expect(completed).toMatchObject([{ applicationId: id, decision: { outcome: 'granted', documents: [{ size: LETTER.bytes.length }] } }]);
    expect(archive.answerBooks(vorgang)).toEqual({ waiting: [], taken: [LETTER.fileName] });
    expect(archive.books().documents).toBe(before);
    const filings = Object.values(await house.steps(id)).filter(
      ({ options }) => options.decisionId !== undefined && options.status === undefined,
    );
    expect(filings.map(({ instance, state }) => [instance, state])).toEqual([['eakte', 'done']]);
    await look();
    expect(await decisions()).toHaveLength(1);
    const [application] = await house.query('SELECT progress FROM application');
    expect(application).toEqual({ progress: 'finished' });
  });

  it.each(['atStart', 'atCursor'])(
    'are taken once although a DMS that is not written to goes on listing them (%s); a new version is told too',
    async (begins) => {
      await open({ begins, acknowledges: 'remembered' });
      const { id, vorgang } = await filed();
      archive.placeAnswer(vorgang, LETTER);
      await look();
      await look();
      archive.placeAnswer(vorgang, { ...LETTER, bytes: Buffer.from('%PDF-1.7 berichtigt') });
      await look();
      await look();
      await work('portal', 'portal', 'portal');
      expect((await decisions()).map(({ documents: [first] }) => (first?.state === 'stored' ? first.size : 0))).toEqual([17, 19]);
      expect(told(id).filter((state) => state === 'COMPLETED')).toHaveLength(2);
      expect(archive.answerBooks(vorgang).taken).toEqual([]);
      const [source] = await house.query<{ known: string; accepted: string }>(
        "SELECT known, accepted FROM pull_source WHERE endpoint = 'dms:archive'",
      );
      expect(source).toEqual({ known: '0', accepted: '2' });
    },
  );

  it('are acknowledged later when the DMS did not answer to that, by whichever process, and double nothing', async () => {
    await open();
    const { vorgang } = await filed();
    archive.placeAnswer(vorgang, LETTER);
    archive.misbehave('down', { write: 1 });
    await look();
    expect(await held()).toEqual([{ state: 'unacknowledged', code: 'dms-memory/unreachable' }]);
    expect(archive.answerBooks(vorgang).waiting).toEqual([LETTER.fileName]);
    archive.heal();
    await look(await house.startProcess('second'));
    expect(await held()).toEqual([]);
    expect(archive.answerBooks(vorgang)).toEqual({ waiting: [], taken: [LETTER.fileName] });
    expect(await decisions()).toHaveLength(1);
    expect((await house.query('SELECT 1 FROM attachment')).length).toBe(1);
  });

  it('wait for a person, with the reason, when nothing says whose they are; the others go on, and one that is taken back is forgotten', async () => {
    await open({}, { outcomes: {} });
    const [one, other] = [await filed(), await filed()];
    archive.placeAnswer('vorgang-of-nobody', LETTER);
    archive.placeAnswer(one.vorgang, { ...LETTER, mark: 'egal' });
    archive.placeAnswer(other.vorgang, { ...LETTER, fileName: 'gut.pdf' });
    await look();
    expect(await held()).toEqual([
      { state: 'kept', code: 'answers/unknown-vorgang' },
      { state: 'kept', code: 'answers/unknown-mark' },
    ]);
    expect(await names()).toEqual(['gut.pdf']);
    const entries = await house.query<{ data: object }>("SELECT data FROM journal WHERE event = 'answer.refused'");
    expect(entries).toHaveLength(2);
    expect(JSON.stringify(await house.query('SELECT actor, event, data FROM journal'))).not.toContain('Mustermann');
    archive.withdrawAnswer('vorgang-of-nobody', LETTER.fileName);
    await look(house, 3 * 24 * 60 * 60_000);
    expect(await held()).toEqual([{ state: 'kept', code: 'answers/unknown-mark' }]);
  });

  it.each([
    [
      'the municipality of an application is not one of the instance',
      "UPDATE application SET tenant = '057110000001'",
      'answers/other-tenant',
    ],
    ['an application was cancelled', "UPDATE application SET progress = 'cancelled'", 'answers/application-cancelled'],
    [
      'two applications lie in one Vorgang',
      'UPDATE step SET receipt = \'{"vorgang": {"id": "vorgang-2"}}\' WHERE instance = \'archive\'',
      'answers/several-applications',
    ],
  ])('wait for a person when %s', async (_why, change, code) => {
    await open();
    const { vorgang } = await filed();
    await filed();
    await house.query(change);
    archive.placeAnswer(vorgang, LETTER);
    await look();
    expect(await held()).toEqual([{ state: 'kept', code }]);
    expect(await decisions()).toEqual([]);
  });

  it('keep the order of their Vorgang when the first one cannot be read yet; other Vorgaenge do not wait', async () => {
    await open();
    const [one, other] = [await filed(), await filed()];
    for (const fileName of ['1.pdf', '2.pdf']) archive.placeAnswer(one.vorgang, { ...LETTER, fileName });
    archive.placeAnswer(other.vorgang, { ...LETTER, fileName: 'other.pdf' });
    const answer = archive.answer.bind(archive);
    archive.answer = async (id, change, signal) => {
      if (id === 'answer-1') archive.misbehave('error500');
      await archive.answers(0, 1, signal).finally(() => archive.heal());
      return answer(id, change, signal);
    };
    await look();
    expect(await names()).toEqual(['other.pdf']);
    expect(await held()).toEqual([
      { state: 'retrying', code: 'dms-memory/internal-error' },
      { state: 'retrying', code: 'answers/earlier-first' },
    ]);
    archive.answer = answer;
    await look();
    await look();
    expect(await names()).toEqual(['other.pdf', '1.pdf', '2.pdf']);
    expect(await held()).toEqual([]);
  });

  it('are not asked for while the circuit of the instance is open, and come when the DMS is back', async () => {
    await open();
    const { id, vorgang } = await filed();
    archive.placeAnswer(vorgang, LETTER);
    archive.misbehave('down');
    for (let round = 0; round < 5; round += 1) await look(house, 3_000);
    expect(await decisions()).toEqual([]);
    const [source] = await house.query<{ failures: number }>("SELECT failures FROM pull_source WHERE endpoint = 'dms:archive'");
    expect(source?.failures).toBe(3);
    archive.heal();
    await look();
    await work('portal', 'portal');
    expect(told(id).at(-1)).toBe('COMPLETED');
  });

  it('are shown to operators beside what endpoints fetch; the name of a document only to those whose applicants alone it can concern', async () => {
    await open();
    archive.placeAnswer('vorgang-of-nobody', LETTER);
    await look();
    const queries = new PullQueries(house.house, house.pull.sources);
    const admin = (tenants: readonly string[] | null): Operator => ({ actor: 'admin:test', name: 'test', via: 'token', tenants });
    const [outbox] = await queries.list(admin(null));
    expect(outbox).toMatchObject({ endpoint: 'dms:archive', type: 'dms-memory', sources: [{ source: 'outbox', held: { kept: 1 } }] });
    const of = async (operator: Operator): Promise<unknown> =>
      (await queries.held('dms:archive', operator, 10)).map(({ document }) => document);
    expect(await of(admin([TENANT]))).toEqual([LETTER.fileName]);
    await expect(of(admin(['057110000001']))).rejects.toThrow('There is no endpoint');
    house.house.loaded.config.tenants['057110000001'] = { name: 'Gemeinde Beispielhausen' };
    expect(await of(admin([TENANT]))).toEqual([null]);
  });

  it('belong to the tenants whose routes lead to the instance', async () => {
    await open();
    expect(house.pull.sources.find('dms:archive')).toMatchObject({ tenants: [TENANT], instance: 'archive' });
  });
});
