// SPDX-License-Identifier: EUPL-1.2
import { hash } from 'node:crypto';

import {
  type Adapter,
  type CatalogueMode,
  type CataloguePage,
  CataloguePort,
  defineAdapter,
  DeliveryError,
  type IncomingDocument,
  type PutMark,
  type ReadingHelp,
  type WrittenPiece,
} from '@amtsbote/adapter-kit';
import { Waker } from '@amtsbote/bus';
import { CatalogueChange, CatalogueObject, type CatalogueObjectKind } from '@amtsbote/canonical';
import { z } from 'zod';

import { Lexicon } from '../../apps/hub/src/catalogue/facts/lexicon.js';
import { Forgetting } from '../../apps/hub/src/catalogue/history/forgetting.js';
import { CatalogueChanges } from '../../apps/hub/src/catalogue/read/changes.js';
import { Competences } from '../../apps/hub/src/catalogue/read/competence.js';
import { CatalogueObjects } from '../../apps/hub/src/catalogue/read/objects.js';
import { ServiceSearch } from '../../apps/hub/src/catalogue/read/search.js';
import { Views } from '../../apps/hub/src/catalogue/read/views.js';
import { Announcing } from '../../apps/hub/src/catalogue/runs/announcing.js';
import { Applying } from '../../apps/hub/src/catalogue/runs/applying.js';
import { CatalogueWorker } from '../../apps/hub/src/catalogue/runs/catalogue-worker.js';
import { CatalogueCleaning } from '../../apps/hub/src/catalogue/runs/cleaning.js';
import { Execution } from '../../apps/hub/src/catalogue/runs/execution.js';
import { Impacts } from '../../apps/hub/src/catalogue/runs/impact.js';
import { Reading } from '../../apps/hub/src/catalogue/runs/reading.js';
import { Recalling } from '../../apps/hub/src/catalogue/runs/recalling.js';
import { Rechecking } from '../../apps/hub/src/catalogue/runs/rechecking.js';
import type { Run } from '../../apps/hub/src/catalogue/runs/run.js';
import { RunCommands } from '../../apps/hub/src/catalogue/runs/run-commands.js';
import { RunQueries } from '../../apps/hub/src/catalogue/runs/run-queries.js';
import { RunStore, type RunWish } from '../../apps/hub/src/catalogue/runs/run-store.js';
import { Schedule } from '../../apps/hub/src/catalogue/runs/schedule.js';
import { Staging } from '../../apps/hub/src/catalogue/runs/staging.js';
import { Vocabulary } from '../../apps/hub/src/catalogue/runs/vocabulary.js';
import type { CatalogueSourceConfig } from '../../apps/hub/src/config/hub-config.js';
import { type HouseWishes, type Process, startHouse, TENANT, type TestHouse } from './house.js';

export const SOURCE = 'katalog';

const provenance = { standard: 'test', version: '1', namespace: '' };

/** An object as an adapter hands it over; `more` are fields of its kind. */
export function anObject(kind: CatalogueObjectKind, id: string, more: Record<string, unknown> = {}, agency = 'L100042'): CatalogueObject {
  return CatalogueObject.parse({
    kind,
    key: { schemeAgencyId: agency, id },
    id: { value: id, schemeAgencyId: agency },
    source: provenance,
    ...more,
  });
}

/** A service with a title, and whatever else is wanted. */
export function aService(id: string, title: string, more: Record<string, unknown> = {}): CatalogueObject {
  return anObject('service', id, {
    texts: [{ type: { code: '03' }, content: [{ language: 'de', html: title }] }],
    ...more,
  });
}

export function put(object: CatalogueObject): CatalogueChange {
  return { op: 'put', object };
}
export function remove(kind: CatalogueObjectKind, id: string, agency = 'L100042'): CatalogueChange {
  return { op: 'remove', kind, key: { schemeAgencyId: agency, id } };
}

/** Pages of changes as an adapter gives them, the last one marked. */
export function pagesOf(mode: CatalogueMode, ...pages: readonly (readonly CatalogueChange[])[]): CataloguePage[] {
  let objects = 0;
  return pages.map((changes, index) => {
    objects += changes.length;
    return {
      mode,
      document: { name: `block-${index}` },
      changes,
      findings: [],
      isWithdrawn: false,
      progress: { documents: index + 1, bytesRead: objects * 100, objects, unknownParts: 0 },
      cursor: null,
      isLast: index === pages.length - 1,
    };
  });
}

/** What a test lets a source do instead of giving pages. */
type Act = () => void | Promise<void>;

/** A source that says what the test tells it to. */
export class FakeSource extends CataloguePort {
  /** The next reads, in order; the last one is repeated. An act in between is done when the read gets there. */
  reads: readonly (readonly (CataloguePage | Act)[])[] = [];
  readonly cursors: (string | null)[] = [];
  /** Recognise what was read before: whatever decides, beside the object, how it is written; `undefined` = an adapter that recognises nothing. */
  handwriting: string | undefined;
  /** What is to be said about each object. */
  remarks: string | undefined;
  /** Digests that were recognised, with what was said about them. */
  readonly recognised: [digest: string, remarks: string | null][] = [];

  async *changesSince(cursor: string | null, signal: AbortSignal, help: ReadingHelp = {}): AsyncGenerator<CataloguePage> {
    this.cursors.push(cursor);
    const read = this.reads[Math.min(this.cursors.length, this.reads.length) - 1] ?? [];
    for (const step of read) {
      if (signal.aborted) throw DeliveryError.unavailable('catalogue-fake/aborted', 'The read was ended early.');
      if (typeof step === 'function') await step();
      else if (this.handwriting === undefined || step.changes.length === 0) yield step;
      else yield* this.recognising(step, help);
    }
  }
  /** A page as one for each of its changes: read and treated, or recognised. */
  private async *recognising(page: CataloguePage, { treatment, recall }: ReadingHelp): AsyncGenerator<CataloguePage> {
    if (treatment === undefined) throw new Error('the hub wants no treatment');
    const marks = page.changes.map((change): PutMark | undefined => {
      if (change.op === 'remove') return undefined;
      const digest = hash('sha256', `${this.handwriting} ${JSON.stringify(change.object)}`, 'hex').slice(0, 48);
      return this.remarks === undefined ? { digest } : { digest, remarks: this.remarks };
    });
    const known = (await recall?.(marks.flatMap((mark) => mark?.digest ?? []))) ?? new Map<string, string | null>();
    for (const [index, change] of page.changes.entries()) {
      const { digest = '' } = marks[index] ?? {};
      const isKnown = known.has(digest);
      if (isKnown) this.recognised.push([digest, known.get(digest) ?? null]);
      const more = isKnown ? { recalled: [digest] } : { treated: treatment.treat([change], [marks[index]]) };
      const isLast = index === page.changes.length - 1;
      yield { ...page, ...more, changes: [], cursor: isLast ? page.cursor : null, isLast: isLast && page.isLast };
    }
  }
  async *read(document: IncomingDocument): AsyncGenerator<CataloguePage> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of document.stream as AsyncIterable<Uint8Array>) chunks.push(chunk);
    yield* pagesOf(document.mode, z.array(CatalogueChange).parse(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
  }
  async *write(_head: unknown, changes: Iterable<CatalogueChange> | AsyncIterable<CatalogueChange>): AsyncGenerator<WrittenPiece> {
    for await (const change of changes) yield { bytes: Buffer.from(`${JSON.stringify(change)}\n`), findings: [] };
  }
  describeTarget(): string {
    return 'a source of tests';
  }
  async probe(): Promise<{ ok: true; checks: [] }> {
    return { ok: true, checks: [] };
  }
  async close(): Promise<void> {
    // Nothing is open.
  }

  adapter(): Adapter {
    return defineAdapter({ type: 'catalogue-fake', kind: 'catalogue', title: 'Fake', options: z.looseObject({}), create: () => this });
  }
}

/** The catalogue of one process, put together as Nest does it. */
export interface CatalogueProcess {
  readonly runs: RunStore;
  readonly worker: CatalogueWorker;
  readonly views: Views;
  readonly competences: Competences;
  readonly cleaning: CatalogueCleaning;
  readonly forgetting: Forgetting;
  readonly rechecking: Rechecking;
  readonly recalling: Recalling;
  readonly commands: RunCommands;
  readonly queries: RunQueries;
  readonly search: ServiceSearch;
  readonly objects: CatalogueObjects;
  readonly changes: CatalogueChanges;
}

export function catalogueOf({ house, instances }: Pick<Process, 'house' | 'instances'>): CatalogueProcess {
  const runs = new RunStore(house);
  const views = new Views(house);
  const competences = new Competences(house);
  const lexicon = new Lexicon();
  const staging = new Staging(house, new Vocabulary(), lexicon);
  const cleaning = new CatalogueCleaning(house);
  const forgetting = new Forgetting(house);
  const recalling = new Recalling(house);
  const applying = new Applying(house, runs, new Impacts(house, views, competences), new Announcing(house, new Waker(house.database)));
  const execution = new Execution(house, runs, staging, new Reading(house, instances, staging, recalling), applying, cleaning);
  return {
    runs,
    views,
    competences,
    cleaning,
    forgetting,
    recalling,
    rechecking: new Rechecking(house, views),
    commands: new RunCommands(house, runs),
    queries: new RunQueries(house, runs, views),
    search: new ServiceSearch(house, views, lexicon),
    objects: new CatalogueObjects(house),
    changes: new CatalogueChanges(house),
    worker: new CatalogueWorker(house, runs, new Schedule(house, runs), execution, cleaning, forgetting),
  };
}

/** A house with a catalogue and its source. */
export interface TestCatalogue extends CatalogueProcess {
  readonly house: TestHouse;
  readonly source: FakeSource;
  /** Asks for a run and works until nothing is left to do. @returns the run as it then is. */
  run(wish?: Partial<RunWish>): Promise<Run>;
  /** Works until nothing is left to do. */
  work(): Promise<void>;
  find(id: number): Promise<Run>;
  /** The same catalogue as another process sees it. */
  another(name: string): Promise<CatalogueProcess>;
  /** The current catalogue: key → document. */
  current(): Promise<Record<string, CatalogueObject>>;
  close(): Promise<void>;
}

/** @param wishes `others`: more sources of the same municipality, by name; their instances are called the same. */
export async function startCatalogue(
  settings: Partial<CatalogueSourceConfig> = {},
  wishes: Pick<HouseWishes, 'config'> & { readonly others?: Readonly<Record<string, Pick<FakeSource, 'adapter'>>> } = {},
): Promise<TestCatalogue> {
  const source = new FakeSource();
  const others = Object.entries(wishes.others ?? {});
  const house = await startHouse({
    adapters: { leistungskatalog: source.adapter(), ...Object.fromEntries(others.map(([name, other]) => [name, other.adapter()])) },
    config: {
      ...wishes.config,
      instances: {
        leistungskatalog: { adapter: 'catalogue-fake' },
        ...Object.fromEntries(others.map(([name]) => [name, { adapter: 'catalogue-fake' }])),
      },
      catalogue: {
        sources: {
          [SOURCE]: { instance: 'leistungskatalog', tenants: [TENANT], ...settings },
          ...Object.fromEntries(others.map(([name]) => [name, { instance: name, tenants: [TENANT], ...settings }])),
        },
      },
    },
  });
  const catalogue = catalogueOf(house);
  const work = async (): Promise<void> => {
    while ((await catalogue.worker.round()) > 0) await catalogue.worker.idle();
  };
  const find = async (id: number): Promise<Run> => {
    const run = await catalogue.runs.find(id);
    if (run === undefined) throw new Error('the run is not there');
    return run;
  };
  return {
    ...catalogue,
    house,
    source,
    work,
    find,
    run: async (wish = {}) => {
      const id = await catalogue.runs.request({ source: SOURCE, kind: 'sync', actor: 'admin:test', ...wish });
      await work();
      return find(id);
    },
    current: async () => {
      const rows = await house.query<{ kind: string; agency: string; id: string; document: string }>(CURRENT);
      return Object.fromEntries(rows.map((row) => [`${row.kind} ${row.agency}:${row.id}`, JSON.parse(row.document) as CatalogueObject]));
    },
    another: async (name) => catalogueOf(await house.startProcess(name)),
    close: () => house.close(),
  };
}

/** An admin of everything. */
export const ADMIN = { actor: 'admin:test', tenants: null };

const CURRENT = `
  SELECT o.kind, o.agency, o.object_id AS id, c.document FROM catalogue_object o JOIN catalogue_content c ON c.id = o.content_id
  WHERE o.to_version IS NULL ORDER BY o.kind, o.agency, o.object_id`;
