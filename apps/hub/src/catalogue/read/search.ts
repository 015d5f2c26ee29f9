// SPDX-License-Identifier: EUPL-1.2
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { areaKeysAbove } from '../facts/areas.js';
import { Lexicon, quoted } from '../facts/lexicon.js';
import { wordsOf } from '../facts/words.js';
import { cursorParts, notACursor, writeParts } from './cursors.js';
import { writeKey } from './keys.js';
import { isVisible, type View, Views } from './views.js';

/** What a search may be narrowed by; all optional, all combined. */
export interface ServiceWishes {
  /** Words in German or English, slips of the pen included. */
  readonly q?: string | undefined;
  readonly leikaKey?: string | undefined;
  /** A place: what is described for it or for anything above it. */
  readonly ars?: string | undefined;
  readonly category?: string | undefined;
  /** Taken into the catalogue, in their present form, since then. */
  readonly changedSince?: Date | undefined;
  readonly source?: string | undefined;
  readonly version?: number | undefined;
}

export interface ServiceSummary {
  /** For addresses: `agency:id`. */
  readonly key: string;
  readonly kind: 'service' | 'specialisation';
  readonly source: string;
  readonly agency: string;
  readonly id: string;
  readonly title: { readonly de: string | null; readonly en: string | null };
  readonly leikaKeys: readonly string[];
  readonly editedAt: Date | null;
  readonly importedAt: Date;
}

export interface ServicePage {
  readonly version: number;
  readonly items: readonly ServiceSummary[];
  readonly next?: string;
}

/** How a text is understood, strictest first; the first that finds anything is kept for all pages. */
const STRICTNESS = ['all', 'similar', 'any'] as const;
type Strictness = (typeof STRICTNESS)[number];

/**
 * So many candidates are ranked, in titles and in texts. What more there may be is not looked at: a search costs the same in a town's
 * catalogue and in that of all Länder, and nobody reads the five hundredth hit.
 */
const CANDIDATES_MAX = 400;
const WORDS_MAX = 10;
const SIMILAR_MAX = 6;
const SIMILARITY_MIN = 0.4;

interface Row extends Omit<ServiceSummary, 'key' | 'title'> {
  readonly titleDe: string | null;
  readonly titleEn: string | null;
  readonly contentId: string;
}

interface Place {
  readonly version: number;
  readonly strictness: Strictness | 'list';
  /** Hits before, or the content number of the last one. */
  readonly after: number;
}

/** Searches services: stems of two languages, beginnings of words, slips of the pen; titles before texts. */
@Injectable()
export class ServiceSearch {
  constructor(
    private readonly house: House,
    private readonly views: Views,
    private readonly lexicon: Lexicon,
  ) {}

  /** @throws ProblemError 400 for cursors of others */
  async search(wishes: ServiceWishes, tenants: readonly string[] | null, limit: number, cursor?: string): Promise<ServicePage> {
    const place = cursor === undefined ? undefined : readPlace(cursor);
    const version = place?.version ?? wishes.version;
    const view = await this.views.asked(tenants, {
      ...(version === undefined ? {} : { version }),
      ...(wishes.source === undefined ? {} : { source: wishes.source }),
    });
    const words = wordsOf([wishes.q ?? ''], WORDS_MAX);
    if (words.length === 0) return this.list(wishes, view, limit, place);
    const tries = place === undefined ? STRICTNESS : STRICTNESS.filter((strictness) => strictness === place.strictness);
    for (const strictness of tries) {
      const query = await this.queryOf(words, strictness);
      if (query === undefined) return this.list(wishes, view, limit, place);
      const after = place?.after ?? 0;
      const rows = await this.hits(query, wishes, view, after, limit + 1);
      if (rows.length === 0) continue;
      return pageOf(view, rows, limit, () => ({ version: view.version, strictness, after: after + limit }));
    }
    return { version: view.version, items: [] };
  }

  /** A text as a tsquery; `undefined` when it holds nothing but words that nobody looks for. */
  private async queryOf(words: readonly string[], strictness: Strictness): Promise<string | undefined> {
    const sql = this.house.database;
    const variants = new Map<string, string[]>(words.map((word) => [word, [word]]));
    if (strictness !== 'all')
      for (const { typed, word } of await sql.query<{ typed: string; word: string }[]>(SIMILAR, [words, SIMILARITY_MIN, SIMILAR_MAX]))
        variants.get(typed)?.push(word);
    const all = [...variants.values()].flat();
    for (const language of ['de', 'en'] as const) await this.lexicon.learn(sql, language, all);
    const parts = [...variants.entries()].flatMap(([typed, alternatives]) => {
      // A word that nobody looks for in one of the languages ("die", "the") narrows nothing.
      if (this.lexicon.stemOf('de', typed) === null || this.lexicon.stemOf('en', typed) === null) return [];
      const stems = new Set(alternatives.flatMap((word) => [this.lexicon.stemOf('de', word), this.lexicon.stemOf('en', word)]));
      const lexemes = [...stems].flatMap((stem) => (stem === null ? [] : [stem.length < 3 ? `'${quoted(stem)}'` : `'${quoted(stem)}':*`]));
      return [`(${lexemes.join(' | ')})`];
    });
    return parts.length === 0 ? undefined : parts.join(strictness === 'any' ? ' | ' : ' & ');
  }

  /** Titles first; texts only when titles do not fill the page. */
  private async hits(query: string, wishes: ServiceWishes, view: View, after: number, limit: number): Promise<Row[]> {
    const condition = await this.conditionOf(wishes, view);
    const sql = this.house.database;
    const ranked = (match: string, rank: string): string => `
      SELECT * FROM (
        SELECT ${COLUMNS}, ${rank} AS rank FROM ${TABLES} WHERE ${match} AND ${condition.sql} LIMIT ${CANDIDATES_MAX}) hit
      ORDER BY rank DESC, "contentId"`;
    const q = `$${condition.parameters.length + 1}::tsquery`;
    const byTitle = await sql.query<Row[]>(ranked(`s.title_words @@ ${q}`, `ts_rank(s.title_words, ${q}, 2)`), [
      ...condition.parameters,
      query,
    ]);
    if (byTitle.length >= after + limit) return byTitle.slice(after, after + limit);
    const byText = await sql.query<Row[]>(ranked(`s.words @@ ${q} AND NOT s.title_words @@ ${q}`, `ts_rank(s.words, ${q})`), [
      ...condition.parameters,
      query,
    ]);
    return [...byTitle, ...byText].slice(after, after + limit);
  }

  /** Without a text: in the order in which they came into the catalogue. */
  private async list(wishes: ServiceWishes, view: View, limit: number, place: Place | undefined): Promise<ServicePage> {
    if (place !== undefined && place.strictness !== 'list') throw notACursor();
    const { sql, parameters } = await this.conditionOf(wishes, view);
    const [after, rows] = [`$${parameters.length + 1}`, `$${parameters.length + 2}`];
    const query = `SELECT ${COLUMNS} FROM ${TABLES} WHERE ${sql} AND s.content_id > ${after} ORDER BY s.content_id LIMIT ${rows}`;
    const found = await this.house.database.query<Row[]>(query, [...parameters, place?.after ?? 0, limit + 1]);
    return pageOf(view, found, limit, (last) => ({ version: view.version, strictness: 'list', after: Number(last.contentId) }));
  }

  private async conditionOf(
    { leikaKey, ars, category, changedSince }: ServiceWishes,
    view: View,
  ): Promise<{ sql: string; parameters: unknown[] }> {
    const parameters: unknown[] = [view.version, view.sources, view.at];
    const parts = [isVisible('o', { version: '$1', sources: '$2', at: '$3' })];
    const tags = [...(leikaKey === undefined ? [] : [`l:${leikaKey}`]), ...(category === undefined ? [] : [`c:${category}`])];
    if (tags.length > 0) parts.push(`s.tags @> $${parameters.push(tags)}::text[]`);
    if (ars !== undefined) parts.push(`s.tags && $${parameters.push(areaKeysAbove(ars).map((area) => `a:${area}`))}::text[]`);
    if (changedSince !== undefined)
      parts.push(`o.from_version >= $${parameters.push(await firstVersionSince(this.house.database, changedSince))}::int`);
    return { sql: parts.join(' AND '), parameters };
  }
}

/** The first version made at or after a moment; beyond all versions when there is none. */
async function firstVersionSince(sql: Sql, moment: Date): Promise<number> {
  const [row] = await sql.query<{ version: number | null }>(
    'SELECT min(version) AS version FROM catalogue_version WHERE applied_at >= $1',
    [moment],
  );
  return row?.version ?? 2_147_483_647;
}

function pageOf({ version }: View, rows: readonly Row[], limit: number, placeAfter: (last: Row) => Place): ServicePage {
  const shown = rows.slice(0, limit);
  const items = shown.map(({ kind, source, agency, id, titleDe, titleEn, leikaKeys, editedAt, importedAt }) => ({
    key: writeKey({ schemeAgencyId: agency, id }),
    kind,
    source,
    agency,
    id,
    title: { de: titleDe, en: titleEn },
    leikaKeys,
    editedAt,
    importedAt,
  }));
  const last = shown.at(-1);
  if (rows.length <= limit || last === undefined) return { version, items };
  const place = placeAfter(last);
  return { version, items, next: writeParts([place.version, place.strictness, place.after]) };
}

function readPlace(cursor: string): Place {
  const [version, strictness, after] = cursorParts(cursor);
  const known = [...STRICTNESS, 'list' as const].find((one) => one === strictness);
  if (typeof version !== 'number' || typeof after !== 'number' || known === undefined) throw notACursor();
  if (!Number.isSafeInteger(version) || !Number.isSafeInteger(after) || version < 0 || version > 2_147_483_647 || after < 0)
    throw notACursor();
  return { version, strictness: known, after };
}

const COLUMNS = `o.kind, o.agency, o.object_id AS id, s.title AS "titleDe", s.title_en AS "titleEn", s.leika_keys AS "leikaKeys", s.edited_at AS "editedAt",
  s.content_id AS "contentId", (SELECT v.applied_at FROM catalogue_version v WHERE v.version = o.from_version) AS "importedAt",
  (SELECT n.name FROM catalogue_source n WHERE n.no = o.source_no) AS source`;
const TABLES = 'catalogue_service s JOIN catalogue_object o ON o.content_id = s.content_id';

const SIMILAR = `
  SELECT t.typed, w.word FROM unnest($1::text[]) AS t(typed)
  CROSS JOIN LATERAL (SELECT word FROM catalogue_word w WHERE w.word % t.typed AND similarity(w.word, t.typed) >= $2::real
    ORDER BY similarity(w.word, t.typed) DESC, word LIMIT $3) w`;
