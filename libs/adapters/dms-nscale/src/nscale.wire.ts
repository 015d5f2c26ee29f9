// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/*
 * The words of nscale's application layer. Marks: [D] vendor's documentation · [P] public code of third parties · [I] designed by us after
 * the shape of the marked facts, NOT verified against an installation. Whoever gets access to one corrects this file and the simulator.
 *
 * [D] http(s)://host:port/nscalealinst1/rest/<service>/<resource>, JSON by Accept; POST creates, the result contains the URI of the created
 *     resource; PUT modifies; example path /authoritymanagement/roles/docarea/{docarea}/name/{name}.
 * [P] session by GraphQL login with Basic credentials → cookie; resource keys are opaque strings that encode the document area; object
 *     classes and indexing properties per document area; createFolder(objectclass, parentKey, properties), createDocument(…, content);
 *     search(root folder, NQL) → result count and table of property names, resource keys and cells; NQL "select … where … paging(number=,
 *     size=) scope subtree count" (homburgs/querytester).
 */

const at = encodeURIComponent;

/** Paths below the instance's base address. */
export const paths = {
  /** [P] */
  graphql: '/graphql',
  /** [I] after the [D] example path. */
  objectClass: (area: string, name: string) => `/rest/configuration/objectclasses/docarea/${at(area)}/name/${at(name)}`,
  /** [I] */
  search: (area: string) => `/rest/repository/search/docarea/${at(area)}`,
  /** [I] */
  folders: (area: string) => `/rest/repository/folders/docarea/${at(area)}`,
  /** [I] */
  documents: (area: string) => `/rest/repository/documents/docarea/${at(area)}`,
  /** [I] */
  resource: (key: string) => `/rest/repository/resources/${at(key)}`,
  /** [I] The path is one of the operator's configuration, never of an application. */
  resourceByPath: (area: string, path: string) => `/rest/repository/resources/docarea/${at(area)}/path?path=${at(path)}`,
  /** [I] */
  content: (key: string) => `/rest/repository/documents/${at(key)}/content`,
  /** [I] Content items are addressed by their position: names may be personal and have no place in a URL. */
  contentItem: (key: string, position: number) => `/rest/repository/documents/${at(key)}/content/items/${position}`,
};

/** [P] */
export const LOGIN = '{authenticationService{login{sessionPrincipalId sessionPrincipal{userName domainName} serverVersion}}}';
/** [P] the mutation's name; [I] its arguments and selection. */
export const LOGOUT = 'mutation{AuthenticationService_logout}';
/** [P] members; a failed login comes as `errors` or as status 401. */
export const LoginAnswer = z.object({
  data: z.object({
    authenticationService: z.object({ login: z.object({ sessionPrincipalId: z.string(), serverVersion: z.string().optional() }) }),
  }),
});
/** [I] GraphQL's general form of errors. */
export const GraphqlErrors = z.object({ errors: z.array(z.unknown()).min(1) });

/** [I] An indexing property with its value. */
export const Property = z.object({ name: z.string(), value: z.string() });
export type Property = z.infer<typeof Property>;

/** [I] Body of POST folders, after createFolder. */
export const FolderCreation = z.object({ objectclass: z.string(), parentResourceKey: z.string(), properties: z.array(Property) });
export type FolderCreation = z.infer<typeof FolderCreation>;

/** [P] the members of a content item; [I] `part`: name of the multipart part with its bytes. */
export const ContentItem = z.object({ name: z.string(), displayName: z.string(), contentType: z.string() });
/** [I] First part, named `document`, of the multipart body of POST documents, after createDocument. */
export const DocumentCreation = FolderCreation.extend({
  content: z.object({ contentType: z.string(), items: z.array(ContentItem.extend({ part: z.string() })) }),
});
export type DocumentCreation = z.infer<typeof DocumentCreation>;

/** [D] "the result contains the URI of the created resource"; [I] the member's name. Its last segment is the resource key. */
export const CreationAnswer = z.object({ uri: z.string().min(1) });

/** [I] Answer of GET content: what is really stored, newest version. A hash is offered by some storage layers only. */
export const ContentAnswer = z.object({
  version: z.int(),
  contentType: z.string(),
  items: z.array(ContentItem.extend({ length: z.int(), hash: z.object({ algorithm: z.string(), value: z.string() }).optional() })),
});
export type ContentAnswer = z.infer<typeof ContentAnswer>;

/** [I] body; the query is NQL [P]. Absent root = the document area's root folder. */
export const SearchRequest = z.object({ rootResourceKey: z.string().optional(), query: z.string() });
/** [P] members of ResourceResults; [I] as JSON. */
export const SearchAnswer = z.object({
  resultCount: z.int(),
  resultTable: z.object({
    propertyNames: z.array(z.string()),
    resourceKeys: z.array(z.string()),
    rows: z.array(z.array(z.string().nullable())),
  }),
});

/** [I] Body of PUT resource, after [D] "PUT modifies": what is not named stays. */
export const ResourceChange = z.object({ properties: z.array(Property) });

/** [I] Answer of GET resource and of GET resource by path. */
export const ResourceAnswer = z.object({ resourceKey: z.string(), properties: z.array(Property) });

/** [I] Answer of GET object class; [P] that a folder's class names the classes allowed in it. */
export const ObjectClassAnswer = z.object({
  name: z.string(),
  kind: z.enum(['folder', 'document']),
  properties: z.array(z.string()),
  allowedChildObjectclasses: z.array(z.string()),
});
export type ObjectClassAnswer = z.infer<typeof ObjectClassAnswer>;

/** [I] Body of every answer that is no success. */
export const ErrorAnswer = z.object({ error: z.object({ code: z.string(), message: z.string().optional() }) });

/** Characters that a value in an NQL string may not hold: how NQL escapes them is not known, so they are never sent. */
export const NQL_UNSAFE = /["\\\p{Cc}]/u;

/**
 * [P] keywords and order; [I] double quotes around strings. Two hits are enough: more than one is ambiguous already.
 * @throws Error when the value holds characters of {@link NQL_UNSAFE}; the mapping refuses them before.
 */
export function nqlByProperty(property: string, value: string): string {
  if (NQL_UNSAFE.test(value)) throw new Error('a value that cannot be searched for');
  return `select resourceid, displayname where ${property} = "${value}" paging(number=1, size=2) scope subtree count`;
}

/**
 * A page of all documents whose property has this value, with what they lie in. [P] keywords, order, paging and `parentresourceid`; [I] double
 * quotes, and that the order of results is that of creation.
 */
export function nqlWaiting(property: string, value: string, page: number, size: number): string {
  if (NQL_UNSAFE.test(value)) throw new Error('a value that cannot be searched for');
  return `select resourceid, displayname, parentresourceid where ${property} = "${value}" paging(number=${page}, size=${size}) scope subtree count`;
}
