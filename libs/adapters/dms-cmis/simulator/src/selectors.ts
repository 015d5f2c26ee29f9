// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedAnswer } from '@amtsbote/adapter-kit/testing';

import type { ActionContext } from './actions.js';
import { allowableActions, described, json, propertiesOf } from './answers.js';
import { type Condition, parseQuery } from './query.js';
import type { Repository, StoredObject } from './repository.js';
import { Refusal } from './types.js';

/** GET on the repository's address. */
export function selectOfRepository(url: URL, context: ActionContext, cookie: string | undefined): SimulatedAnswer {
  const { repository, info } = context;
  const query = url.searchParams;
  const typeId = query.get('typeId') ?? undefined;
  switch (query.get('cmisselector') ?? 'repositoryInfo') {
    case 'repositoryInfo':
      return json(200, { [repository.archive.repositoryId]: info });
    case 'typeDefinition':
      return json(200, repository.types.definition(typeId ?? ''));
    case 'typeChildren': {
      const types = repository.types
        .children(typeId)
        .map(({ id }) => repository.types.definition(id, query.get('includePropertyDefinitions') === 'true'));
      return json(200, { types, hasMoreItems: false, numItems: types.length });
    }
    case 'typeDescendants':
      return json(200, repository.types.descendants(typeId));
    case 'query':
      return queried(query.get('q') ?? '', query, context);
    case 'lastResult':
      return json(200, JSON.parse(decodeURIComponent(/cmis_[^=]*=([^;]*)/.exec(cookie ?? '')?.[1] ?? '%7B%7D')));
    default:
      throw new Refusal(405, 'notSupported', 'Unknown operation');
  }
}

/** GET on an object's address. */
export function select(url: URL, path: readonly string[], context: ActionContext): SimulatedAnswer {
  const { repository } = context;
  const query = url.searchParams;
  const object = objectAt(repository, path, query);
  const succinct = query.get('succinct') === 'true';
  switch (query.get('cmisselector') ?? (repository.types.baseOf(object.typeId) === 'cmis:folder' ? 'children' : 'content')) {
    case 'object':
      return json(200, described(repository, object, succinct, query.get('includeAllowableActions') === 'true'));
    case 'properties':
      return json(200, succinct ? propertiesOf(repository, object) : described(repository, object, false)['properties']);
    case 'allowableActions':
      return json(200, allowableActions(repository, object));
    case 'children': {
      const page = paged(repository.childrenOf(object.id), query, context.pageMax);
      const objects = page.items.map((child) => ({
        object: described(repository, child, succinct),
        pathSegment: child.properties.get('cmis:name'),
      }));
      return json(200, { objects, hasMoreItems: page.hasMoreItems, numItems: page.numItems });
    }
    case 'parents': {
      if (object.parentId === null) throw new Refusal(400, 'invalidArgument', 'the root has no parent');
      const parent = repository.get(object.parentId);
      return json(200, [{ object: described(repository, parent, succinct), relativePathSegment: object.properties.get('cmis:name') }]);
    }
    case 'versions': {
      const versions = [...repository.objects.values()].filter(({ seriesId }) => seriesId === object.seriesId).reverse();
      return json(
        200,
        versions.map((version) => described(repository, version, succinct)),
      );
    }
    case 'content':
      return content(object);
    default:
      throw new Refusal(405, 'notSupported', 'Unknown operation');
  }
}

function objectAt(repository: Repository, path: readonly string[], query: URLSearchParams): StoredObject {
  const objectId = query.get('objectId');
  const object = objectId === null ? repository.byPath(path) : repository.get(objectId);
  return (query.get('returnVersion') ?? 'this') === 'this' ? object : repository.latestOf(object.seriesId);
}

function content({ content: stored }: StoredObject): SimulatedAnswer {
  if (stored === undefined) throw new Refusal(409, 'constraint', 'no content');
  if (stored.bytes === undefined) throw new Refusal(500, 'runtime', 'this simulator keeps small content only');
  return { status: 200, headers: { 'content-type': stored.mediaType }, body: stored.bytes };
}

/** Answer of a query, however it came. */
export function queried(statement: string, paging: Pick<URLSearchParams, 'get'>, context: ActionContext): SimulatedAnswer {
  const { repository, isIndexed, pageMax } = context;
  if (repository.archive.query === 'none') throw new Refusal(405, 'notSupported', 'no queries');
  const { select: columns, from, where } = parseQuery(statement);
  const known = new Set(knownProperties(repository, from));
  const unknown = where.find((condition) => 'property' in condition && !known.has(condition.property));
  if (unknown !== undefined) throw new Refusal(400, 'invalidArgument', 'unknown property in the statement');
  const hits = [...repository.objects.values()]
    .filter((object) => repository.types.isA(object.typeId, from) && isIndexed(object.id) && repository.isLatest(object))
    .filter((object) => where.every((condition) => holds(repository, object, condition)));
  const { items, hasMoreItems, numItems } = paged(hits, paging, pageMax);
  const results = items.map((object) => {
    const values = propertiesOf(repository, object);
    const chosen = columns.includes('*') ? values : Object.fromEntries(columns.map((column) => [column, values[column] ?? null]));
    return { succinctProperties: chosen };
  });
  return json(200, { results, hasMoreItems, numItems });
}

function knownProperties(repository: Repository, typeId: string): string[] {
  try {
    return repository.types.properties(typeId).map(({ id }) => id);
  } catch {
    throw new Refusal(400, 'invalidArgument', 'unknown type in the statement');
  }
}

function holds(repository: Repository, object: StoredObject, condition: Condition): boolean {
  if ('property' in condition) {
    const value = propertiesOf(repository, object)[condition.property];
    return (value === condition.value) === (condition.operator === '=');
  }
  for (let parentId = object.parentId; parentId !== null; parentId = repository.get(parentId).parentId) {
    if (parentId === condition.folder) return true;
    if (condition.scope === 'IN_FOLDER') return false;
  }
  return false;
}

function paged<Item>(
  all: readonly Item[],
  query: Pick<URLSearchParams, 'get'>,
  pageMax: number,
): { items: readonly Item[]; hasMoreItems: boolean; numItems: number } {
  const skip = Number(query.get('skipCount') ?? 0);
  const size = Math.min(Number(query.get('maxItems') ?? 100), pageMax);
  return { items: all.slice(skip, skip + size), hasMoreItems: skip + size < all.length, numItems: all.length };
}
