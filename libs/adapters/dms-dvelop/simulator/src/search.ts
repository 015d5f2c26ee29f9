// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

import { Refusal, type Repository, type StoredObject } from './repository.js';

/**
 * What a search finds: objects of the categories that have the values. As lenient as d.3 may be: `*` and `?` stand for any characters, and
 * case makes no difference.
 */
export function found(repository: Repository, query: URLSearchParams): StoredObject[] {
  for (const value of query.values()) {
    if (encodeURIComponent(value).length > 2_000) throw new Refusal(400, 'Ein Parameter ist zu lang.');
  }
  const categories = list(query.get('sourcecategories'));
  const properties = z.record(z.string(), z.array(z.string())).parse(JSON.parse(query.get('sourceproperties') ?? '{}'));
  const parent = query.get('children_of');
  return [...repository.objects.values()].filter((object) => {
    if (categories.length > 0 && !categories.includes(object.category.key)) return false;
    if (parent !== null && object.parentId !== parent) return false;
    return Object.entries(properties).every(([key, values]) =>
      values.some((wanted) => object.properties.get(key)?.some((value) => matches(value, wanted)) === true),
    );
  });
}

function matches(value: string, wanted: string): boolean {
  const pattern = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, (sign) => (sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`));
  return new RegExp(`^${pattern}$`, 'iu').test(value);
}

function list(text: string | null): string[] {
  return text === null ? [] : z.array(z.string()).parse(JSON.parse(text));
}
