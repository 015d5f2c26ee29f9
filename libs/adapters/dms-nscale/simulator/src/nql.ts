// SPDX-License-Identifier: EUPL-1.2
import type { Repository, StoredResource } from './repository.js';
import { Refusal } from './repository.js';

/** The part of NQL that the simulator understands: conditions joined by `and`, each `property = "value"`. */
export interface Query {
  readonly select: readonly string[];
  readonly where: readonly { readonly property: string; readonly value: string }[];
  /** 1 = first page. */
  readonly page: number;
  readonly size: number;
  readonly scope: 'onelevel' | 'subtree';
}

const QUERY =
  /^select (?<select>[\w, ]+?)(?: where (?<where>.+?))?(?: paging\(number=(?<page>\d+), ?size=(?<size>\d+)\))?(?: scope (?<scope>onelevel|subtree))?(?: count)?$/u;
const CONDITION = /^(?<property>\w+) = "(?<value>[^"\\]*)"$/u;

/** @throws Refusal 400 InvalidQuery */
export function parseNql(text: string): Query {
  const parts = QUERY.exec(text)?.groups;
  if (parts === undefined) throw new Refusal(400, 'InvalidQuery');
  const where = (parts['where'] ?? '').split(' and ').filter(Boolean);
  return {
    select: (parts['select'] ?? '').split(',').map((name) => name.trim()),
    where: where.map((text) => {
      const condition = CONDITION.exec(text)?.groups;
      if (condition === undefined) throw new Refusal(400, 'InvalidQuery');
      return { property: condition['property'] ?? '', value: condition['value'] ?? '' };
    }),
    page: Number(parts['page'] ?? 1),
    size: Number(parts['size'] ?? 100),
    scope: parts['scope'] === 'onelevel' ? 'onelevel' : 'subtree',
  };
}

/** Runs a query below a folder; answers in the form of nscale's ResourceResults. */
export function search(repository: Repository, query: Query, rootKey = repository.rootKey): Record<string, unknown> {
  const [first, ...others] = query.where;
  if (first === undefined || query.size < 1 || query.page < 1) throw new Refusal(400, 'InvalidQuery');
  for (const { property } of query.where) {
    if (!repository.knowsProperty(property)) throw new Refusal(400, 'UnknownIndexingProperty');
  }
  const hits = repository
    .withProperty(first.property, first.value)
    .filter((hit) => others.every(({ property, value }) => hit.properties.get(property) === value))
    .filter((hit) => (query.scope === 'onelevel' ? hit.parentKey === rootKey : isBelow(repository, hit, rootKey)));
  const page = hits.slice((query.page - 1) * query.size, query.page * query.size);
  return {
    resultCount: hits.length,
    resultTable: {
      propertyNames: query.select,
      resourceKeys: page.map(({ key }) => key),
      rows: page.map((hit) => query.select.map((name) => cellOf(hit, name))),
    },
  };
}

function cellOf(hit: StoredResource, name: string): string | null {
  if (name === 'resourceid') return hit.key;
  return name === 'parentresourceid' ? hit.parentKey : (hit.properties.get(name) ?? null);
}

function isBelow(repository: Repository, resource: StoredResource, rootKey: string): boolean {
  for (let place: string | null = resource.parentKey; place !== null; place = repository.get(place).parentKey) {
    if (place === rootKey) return true;
  }
  return false;
}
