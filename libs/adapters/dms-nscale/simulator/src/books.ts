// SPDX-License-Identifier: EUPL-1.2
import type { DmsContents, FiledDocument, FiledVorgang } from '@amtsbote/adapter-kit/testing';

import type { Repository, StoredResource } from './repository.js';

/** The simulator's own count of what it holds. */
export interface NscaleBooks {
  readonly akten: number;
  readonly vorgaenge: number;
  readonly documents: number;
  /** Content versions of all documents; more than documents when content was replaced. */
  readonly versions: number;
  /** Bytes of the newest versions. */
  readonly contentBytes: number;
  /** Objects with a key that an earlier object of the same role has: `document amtsboteKey=…`. There must never be one. */
  readonly duplicates: readonly string[];
  readonly changes: number;
}

/** Counts in one pass. */
export function booksOf(repository: Repository): NscaleBooks {
  const { roles } = repository.area;
  const byClass = new Map(Object.entries(roles).map(([role, { objectClass, keyProperty }]) => [objectClass, { role, keyProperty }]));
  const seen = new Set<string>();
  const duplicates: string[] = [];
  const counts: Record<string, number> = { akte: 0, vorgang: 0, document: 0 };
  let versions = 0;
  let contentBytes = 0;
  for (const resource of repository.resources.values()) {
    const known = byClass.get(resource.objectclass);
    if (known === undefined) continue;
    counts[known.role] = (counts[known.role] ?? 0) + 1;
    versions += resource.versions.length;
    contentBytes += (resource.versions.at(-1)?.items ?? []).reduce((sum, { length }) => sum + length, 0);
    const line = `${known.role} ${known.keyProperty}=${resource.properties.get(known.keyProperty) ?? ''}`;
    if (seen.has(line)) duplicates.push(line);
    seen.add(line);
  }
  const { akte = 0, vorgang = 0, document = 0 } = counts;
  return { akten: akte, vorgaenge: vorgang, documents: document, versions, contentBytes, duplicates, changes: repository.changes };
}

/** The content of the books as a tree of Akte > Vorgang > document. */
export function contentsOf(repository: Repository): DmsContents {
  const { roles } = repository.area;
  const ofClass = (name: string): StoredResource[] => [...repository.resources.values()].filter(({ objectclass }) => objectclass === name);
  const childrenOf = (resource: StoredResource): StoredResource[] => resource.children.map((key) => repository.get(key));
  const akten = ofClass(roles.akte.objectClass).map((akte) => ({
    id: akte.key,
    title: titleOf(akte),
    vorgaenge: childrenOf(akte).map((vorgang): FiledVorgang => ({
      id: vorgang.key,
      title: titleOf(vorgang),
      properties: Object.fromEntries(vorgang.properties),
      documents: childrenOf(vorgang).map(documentOf),
    })),
  }));
  const filed = akten.flatMap(({ vorgaenge }) => vorgaenge).reduce((sum, { documents }) => sum + 1 + documents.length, 0);
  const all = ofClass(roles.vorgang.objectClass).length + ofClass(roles.document.objectClass).length;
  return { akten, strays: all - filed, changes: repository.changes };
}

function documentOf(document: StoredResource): FiledDocument {
  const item = document.versions.at(-1)?.items[0];
  return {
    id: document.key,
    fileName: titleOf(document),
    originalName: item?.displayName ?? '',
    mediaType: item?.contentType ?? '',
    size: item?.length ?? -1,
    sha512: item?.sha512 ?? '',
  };
}

function titleOf(resource: StoredResource): string {
  return resource.properties.get('displayname') ?? '';
}
