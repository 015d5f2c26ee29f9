// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The words of OpenText Content Server's REST interface. Marks: [D] documentation of the npm package @kweli/cs-rest (formerly
 * @chriscdn/cs-rest) · [P] public code of third parties that talks to installations · [I] inferred, NOT verified. A mark at a comment holds
 * for what follows it.
 */

/** [D] Every call but the login carries the ticket in this header, and every answer may bring a fresh one in it. */
export const TICKET_HEADER = 'otcsticket';

/** [P] Subtypes of nodes. */
export const SUBTYPE = { folder: 0, document: 144, category: 131 } as const;

/** Addresses below `…/cs.exe`. [D] `/api/v1/auth`, `/api/v2/nodes`; [P] the others. */
export const paths = {
  auth: '/api/v1/auth',
  nodes: '/api/v2/nodes',
  node: (id: string): string => `/api/v2/nodes/${id}`,
  /** [P] Clients compare the names afterwards: the filter may be lenient. [I] `page` and `limit`. */
  children: (id: string, name: string, page: number, limit: number): string =>
    `/api/v2/nodes/${id}/nodes?where_name=${encodeURIComponent(name)}&limit=${limit}&page=${page}`,
  versions: (id: string): string => `/api/v2/nodes/${id}/versions`,
  content: (id: string): string => `/api/v1/nodes/${id}/content`,
  /** [I] What a category's form asks for; read by the probe alone. */
  categoryForm: (nodeId: string, categoryId: string): string =>
    `/api/v1/forms/nodes/categories/create?id=${nodeId}&category_id=${categoryId}`,
} as const;

/** [P] Answer of the login. */
export const AuthAnswer = z.object({ ticket: z.string().min(1).max(8_192) });

/** [P] Ids are numbers. */
const Id = z.union([z.int().nonnegative(), z.string().regex(/^\d{1,19}$/)]).transform(String);
/** [P] What is told of a node; `reserved`: somebody works on it. */
export const NodeProperties = z.object({
  id: Id,
  name: z.string(),
  type: z.int(),
  reserved: z.boolean().nullish(),
  permissions: z.object({ perm_create: z.boolean().nullish() }).nullish(),
});
export type NodeProperties = z.infer<typeof NodeProperties>;
const NodeData = z.object({ data: z.object({ properties: NodeProperties }) });
/** [D] Version 2: what was asked for lies in `results.data.properties`. */
export const NodeAnswer = z.object({ results: NodeData });
/** [P] A folder's contents. [I] Paging. */
export const ChildrenAnswer = z.object({
  results: z.array(NodeData),
  collection: z.object({ paging: z.object({ page: z.int(), page_total: z.int() }) }).nullish(),
});
/** [D] Answer of a creation; older ones give the id alone (version 1). */
export const CreationAnswer = z
  .union([
    z
      .object({ results: z.object({ data: z.object({ properties: z.object({ id: Id }) }) }) })
      .transform(({ results }) => results.data.properties),
    z.object({ id: Id }),
  ])
  .transform(({ id }) => id);
/** [P] Versions of a document. */
export const VersionsAnswer = z.object({
  results: z.array(
    z.object({
      data: z.object({
        versions: z.object({ version_number: z.int(), file_size: z.int().nonnegative(), file_name: z.string().nullish() }),
      }),
    }),
  ),
});
/** [I] Form of a category. */
export const CategoryFormAnswer = z.object({
  forms: z.array(z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()) }) })).min(1),
});

/** [P] `error` is for people; its wording is not promised. */
export const ErrorAnswer = z.object({ error: z.string().max(10_000) });

/** Index data by category: category id → attribute key → value. [I] This nesting. */
export type Categories = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
/** [D] What stands as JSON in the form's field `body`. */
export interface Creation {
  readonly type: number;
  readonly parent_id: number;
  readonly name: string;
  readonly roles?: { readonly categories: Categories };
}

/** [I] Longest name of a node, and the characters it may not hold. */
export const NAME_CHARACTERS_MAX = 248;
export const NAME_ILLEGAL = /[:/\\]/gu;
