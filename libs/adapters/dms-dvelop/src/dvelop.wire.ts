// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The words of the DMS app of d.velop documents (d.3), HAL over HTTP. Marks: [D] the vendor's documentation "dms-developer 2.15.0" ·
 * [S] the vendor's own open client (d-velop/dvelop-sdk-node, packages/dms) · [P] public code of third parties · [I] inferred, NOT verified.
 * A mark at a comment holds for what follows it. codia DMS builds on this product [I]; nothing of its own is known.
 */

/** [D] The one address that is not taken from a link: the root resource of the app. */
export const ROOT = '/dms';
/** [D] Media type of everything that is asked for. */
export const HAL = 'application/hal+json';

/** [D] A link; `templated`: RFC 6570. Objects without links are seen [I]. */
export const Link = z.object({ href: z.string().min(1).max(8_192), templated: z.boolean().optional() });
const Links = z.record(z.string(), z.unknown()).default({});
export type Links = z.infer<typeof Links>;

/** [S] Root: the relation `repo` leads to a repository, `{repositoryid}` to be filled in. */
export const RootAnswer = z.object({ _links: Links });
/** [D] Repository: `dmsobjectwithmapping`, `searchresultwithmapping`; [S] `chunkedupload`; [I] `source`, its own source. */
export const RepositoryAnswer = z.object({ id: z.string(), name: z.string().nullish(), _links: Links });
export type RepositoryAnswer = z.infer<typeof RepositoryAnswer>;

/** [D] A source: what an administrator maps to categories and properties of d.3. */
export const SourceAnswer = z.object({
  id: z.string(),
  displayName: z.string().nullish(),
  categories: z.array(z.object({ key: z.string(), displayName: z.string().nullish() })),
  properties: z.array(z.object({ key: z.string(), type: z.string().nullish(), displayName: z.string().nullish() })),
});
export type SourceAnswer = z.infer<typeof SourceAnswer>;

/** [S] A value of an object; several values stand in `values` [S: "any"], by position. */
const SourceProperty = z.object({
  key: z.string(),
  value: z.string().nullish(),
  values: z.union([z.array(z.string()), z.record(z.string(), z.string())]).nullish(),
});
/** [S] An object, alone or as an item of a search. */
export const ObjectAnswer = z.object({
  id: z.string().min(1),
  sourceProperties: z.array(SourceProperty).default([]),
  sourceCategories: z.array(z.string()).default([]),
  _links: Links,
});
export type ObjectAnswer = z.infer<typeof ObjectAnswer>;
/** [S] A page of a search; `next` leads to the following one and is absent at the last. */
export const SearchAnswer = z.object({ items: z.array(ObjectAnswer), _links: Links });

/** [S] `reason` is for people; its wording is not promised. */
export const ErrorAnswer = z.object({ reason: z.string().max(10_000) });

/** [D] What is sent to create an object; without a file it is a dossier. */
export interface Creation {
  readonly sourceId: string;
  readonly sourceCategory: string;
  /** [D] The dossier it lies in. */
  readonly parentId?: string;
  readonly sourceProperties: { readonly properties: readonly { readonly key: string; readonly values: readonly string[] }[] };
  readonly filename?: string;
  readonly contentLocationUri?: string;
}
/** [S] What is sent to give a document another content: a new version. Only listed properties would change. */
export interface Change {
  readonly sourceId: string;
  readonly alterationText: string;
  readonly sourceProperties: { readonly properties: readonly never[] };
  readonly filename: string;
  readonly contentLocationUri: string;
}

/** [D] "The length of the encoded query parameter is limited to 2000 characters." */
export const QUERY_CHARACTERS_MAX = 2_000;
/** [I] `*` and `?` stand for any characters in a search of d.3; control characters are never indexed. */
export const SEARCH_UNSAFE = /[*?\p{Cc}]/u;

/** Relations of an object: [D] `updateWithContent` for whoever may; [S] `mainblobcontent`, `delete`. */
export const RELATIONS = { update: 'updateWithContent', content: 'mainblobcontent', delete: 'delete', next: 'next' } as const;

/** The link of a relation; absent where the server does not offer it to this user now: that is HAL's way to say no. */
export function linkOf(links: Links, relation: string): z.infer<typeof Link> | undefined {
  const link = Link.safeParse(links[relation]);
  return link.success ? link.data : undefined;
}

/**
 * Fills an address template in: RFC 6570, simple expansion and form-style queries, which is what d.velop uses [D]. Pure.
 * @returns undefined when the template holds another operator or names a variable that has to be known and is not in it.
 */
export function expanded(template: string, values: Readonly<Record<string, string>>, needed: readonly string[] = []): string | undefined {
  const known = new Set<string>();
  const address = template.replaceAll(/\{([^{}]*)\}/g, (_all, expression: string) => {
    const operator = /^[?&]/.exec(expression)?.[0] ?? '';
    const names = expression.slice(operator.length).split(',');
    for (const name of names) known.add(name);
    const given = names.flatMap((name) => (values[name] === undefined ? [] : [{ name, value: encodeURIComponent(values[name]) }]));
    if (operator === '') return given.map(({ value }) => value).join(',');
    const pairs = given.map(({ name, value }) => `${name}=${value}`).join('&');
    return pairs === '' ? '' : operator + pairs;
  });
  const isUnderstood = [...known].every((name) => /^\w+$/.test(name)) && needed.every((name) => known.has(name));
  return isUnderstood ? address : undefined;
}

/** All values an object has for a property, in order. Pure. */
export function valuesOf({ sourceProperties }: ObjectAnswer, key: string): string[] | undefined {
  const property = sourceProperties.find((each) => each.key === key);
  if (property === undefined) return undefined;
  const values = property.values == null ? [] : Object.values(property.values);
  return values.length > 0 ? values : property.value == null ? [] : [property.value];
}
