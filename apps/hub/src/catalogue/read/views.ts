// SPDX-License-Identifier: EUPL-1.2
import type { Sql } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { requireKept } from '../history/kept-versions.js';

/** What a reader looks at: one version of the catalogue, the sources for its tenants, one moment of valid time. */
export interface View {
  readonly version: number;
  /** Numbers of sources, in the order of the configuration: earlier ones win where two describe the same object. */
  readonly sources: readonly number[];
  readonly at: Date;
}

/** SQL: an object that is in the view and holds at its moment; the parameters are given by their placeholders. */
export function isVisible(object: string, { at, ...view }: { version: string; sources: string; at: string }): string {
  return `${isIncluded(object, view)} AND (${object}.valid IS NULL OR ${object}.valid @> ${at}::timestamptz)`;
}

/** SQL: an object that is in the view, whenever it holds. */
export function isIncluded(object: string, { version, sources }: { version: string; sources: string }): string {
  return `${object}.source_no = ANY(${sources}::int[]) AND ${object}.from_version <= ${version}::int
    AND (${object}.to_version IS NULL OR ${object}.to_version > ${version}::int)`;
}

/** Decides what may be seen: which sources are for which tenants (law 11). */
@Injectable()
export class Views {
  private readonly numbers = new Map<string, number>();

  constructor(private readonly house: House) {}

  /** Names of the sources that are for one of these tenants; `null` = all. */
  sourcesOf(tenants: readonly string[] | null): string[] {
    const sources = Object.entries(this.house.loaded.config.catalogue.sources);
    return sources
      .filter(([, source]) => tenants === null || source.tenants.some((tenant) => tenants.includes(tenant)))
      .map(([name]) => name);
  }

  /** The current version for these tenants, unless another version, moment or source is asked for. */
  async of(
    tenants: readonly string[] | null,
    wish: { version?: number; at?: Date; source?: string } = {},
    sql: Sql = this.house.database,
  ): Promise<View> {
    const names = this.sourcesOf(tenants).filter((name) => wish.source === undefined || name === wish.source);
    const sources = await this.numbersOf(names, sql);
    return { version: wish.version ?? (await this.head(sql)), sources, at: wish.at ?? this.house.clock.now() };
  }

  /**
   * The same for people: a version they name has to be there.
   * @throws ProblemError 404 `unknown-version`, 410 `version-gone`
   */
  async asked(tenants: readonly string[] | null, wish: { version?: number; at?: Date; source?: string } = {}): Promise<View> {
    const view = await this.of(tenants, wish);
    if (wish.version !== undefined) await requireKept(this.house.database, wish.version, view.sources);
    return view;
  }

  /** The version that everybody sees who names none. */
  async head(sql: Sql = this.house.database): Promise<number> {
    const [row] = await sql.query<{ version: number }>('SELECT version FROM catalogue_head');
    return row?.version ?? 0;
  }

  /** Sources that were never read have no number yet. */
  private async numbersOf(names: readonly string[], sql: Sql): Promise<number[]> {
    if (names.some((name) => !this.numbers.has(name))) {
      const rows = await sql.query<{ name: string; no: number }>('SELECT name, no FROM catalogue_source WHERE name = ANY($1)', [names]);
      for (const { name, no } of rows) this.numbers.set(name, no);
    }
    return names.flatMap((name) => this.numbers.get(name) ?? []);
  }
}
