// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The words of CMIS 1.1, browser binding. Marks: [S] read in the source of Apache Chemistry OpenCMIS (server) · [T] tried at its in-memory
 * server · [D] the standard (OASIS CMIS 1.1) · [I] inferred, NOT verified. A mark at a comment holds for what follows it.
 *
 * [S] nscale: port 8096/8196 of its CMIS connector · [P] public code of third parties: path /cmis/browser with Basic (connector 8.0).
 * [I] that its connector answers as OpenCMIS does: types, custom properties and versioning of nscale are not known.
 */

/** [T] The service document is an object of these by repository id. Addresses are taken from here, never put together. */
export const RepositoryInfo = z.object({
  repositoryId: z.string(),
  rootFolderId: z.string(),
  repositoryUrl: z.string(),
  rootFolderUrl: z.string(),
  cmisVersionSupported: z.string().optional(),
  productName: z.string().nullish(),
  productVersion: z.string().nullish(),
  capabilities: z.object({ capabilityQuery: z.string().nullish(), capabilityContentStreamUpdatability: z.string().nullish() }).nullish(),
});
export type RepositoryInfo = z.infer<typeof RepositoryInfo>;
export const ServiceDocument = z.record(z.string(), z.unknown());

/** [S] A choice may have choices below it. */
export interface Choice {
  readonly value?: unknown;
  readonly choice?: readonly Choice[] | null | undefined;
}
const Choice: z.ZodType<Choice> = z.lazy(() => z.object({ value: z.unknown().optional(), choice: z.array(Choice).nullish() }));

/** [S] Definition of a property. */
export const PropertyDefinition = z.object({
  id: z.string(),
  queryName: z.string().nullish(),
  propertyType: z.enum(['boolean', 'id', 'integer', 'datetime', 'decimal', 'html', 'string', 'uri']),
  cardinality: z.enum(['single', 'multi']),
  updatability: z.string().nullish(),
  required: z.boolean().nullish(),
  queryable: z.boolean().nullish(),
  openChoice: z.boolean().nullish(),
  choice: z.array(Choice).nullish(),
  defaultValue: z.unknown().optional(),
  maxLength: z.number().nullish(),
  minValue: z.number().nullish(),
  maxValue: z.number().nullish(),
});
export type PropertyDefinition = z.infer<typeof PropertyDefinition>;

/** [S] Answer of `typeDefinition`. */
export const TypeDefinition = z.object({
  id: z.string(),
  baseId: z.string(),
  queryName: z.string().nullish(),
  creatable: z.boolean().nullish(),
  queryable: z.boolean().nullish(),
  versionable: z.boolean().nullish(),
  contentStreamAllowed: z.string().nullish(),
  propertyDefinitions: z.record(z.string(), PropertyDefinition).nullish(),
});
export type TypeDefinition = z.infer<typeof TypeDefinition>;

/** [S] Answer of `typeDescendants`: containers within containers. */
export interface TypeContainer {
  readonly type: { readonly id: string };
  readonly children?: readonly TypeContainer[] | null | undefined;
}
export const TypeContainers: z.ZodType<readonly TypeContainer[]> = z.lazy(() =>
  z.array(z.object({ type: z.object({ id: z.string() }), children: TypeContainers.nullish() })),
);

/** [T] Succinct properties; [S] the long form, which servers give that do not know `succinct`. Unknown members are ignored. */
export const ObjectAnswer = z
  .object({
    succinctProperties: z.record(z.string(), z.unknown()).optional(),
    properties: z.record(z.string(), z.object({ value: z.unknown().optional() })).optional(),
    allowableActions: z.record(z.string(), z.boolean()).nullish(),
  })
  .transform(({ succinctProperties, properties, allowableActions }) => ({
    properties: succinctProperties ?? Object.fromEntries(Object.entries(properties ?? {}).map(([id, { value }]) => [id, value] as const)),
    allowableActions: allowableActions ?? {},
  }))
  .refine(({ properties }) => typeof properties['cmis:objectId'] === 'string', 'an object has an id');
export type ObjectAnswer = z.infer<typeof ObjectAnswer>;

/** [T] Answer of a query. */
export const QueryAnswer = z.object({ results: z.array(ObjectAnswer), hasMoreItems: z.boolean().nullish() });
/** [S] Answer of `children`. */
export const ChildrenAnswer = z.object({ objects: z.array(z.object({ object: ObjectAnswer })), hasMoreItems: z.boolean().nullish() });

/** [D] Answer of `parents`. */
export const ParentsAnswer = z.array(z.object({ object: ObjectAnswer }));

/** [T] Body of every answer that is no success. */
export const ErrorAnswer = z.object({ exception: z.string() });

/** [T] A property with the texts that go over the wire: several for several values, dates in milliseconds. */
export interface WireProperty {
  readonly id: string;
  readonly values: string | readonly string[];
}
/** Name and value of a form's control. */
export type Control = readonly [name: string, value: string];

/** [T] Controls of properties: `propertyId[i]`, `propertyValue[i]` or `propertyValue[i][j]`. */
export function propertyControls(properties: readonly WireProperty[]): Control[] {
  return properties.flatMap(({ id, values }, at): Control[] => [
    [`propertyId[${at}]`, id],
    ...(typeof values === 'string'
      ? [[`propertyValue[${at}]`, values] as const]
      : values.map((value, position): Control => [`propertyValue[${at}][${position}]`, value])),
  ]);
}

/** [T] With every form: answers are short, and bytes are UTF-8; without the latter a server reads ISO-8859-1. */
export const EVERY_FORM: readonly Control[] = [
  ['succinct', 'true'],
  ['_charset_', 'UTF-8'],
];

/** Characters that a value may not hold in a query: no repository indexes them, and nobody can see them. */
export const QUERY_UNSAFE = /\p{Cc}/u;

/** [D] A string literal of the query language (section 2.1.14.2.1): quotes and backslashes are escaped by a backslash. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** [D] Folders of a name, with what they lie in. */
export function queryFolders(name: string): string {
  return `SELECT cmis:objectId, cmis:name, cmis:parentId FROM cmis:folder WHERE cmis:name = ${literal(name)}`;
}

/** [D] All objects of a type whose property has this value. Private working copies are told by their own property. */
export function queryByProperty(type: { queryName: string; isDocument: boolean }, queryName: string, value: string): string {
  const ofDocuments = type.isDocument ? ', cmis:versionSeriesId, cmis:isPrivateWorkingCopy' : '';
  return `SELECT cmis:objectId, cmis:name${ofDocuments} FROM ${type.queryName} WHERE ${queryName} = ${literal(value)}`;
}
