// SPDX-License-Identifier: EUPL-1.2
import type { DmsContents, FiledDocument } from '@amtsbote/adapter-kit/testing';

import type { Repository, StoredObject } from './repository.js';

/** The simulator's own count of what it holds. */
export interface DvelopBooks {
  readonly akten: number;
  readonly vorgaenge: number;
  readonly documents: number;
  /** Versions of all documents; more than documents when content was replaced. */
  readonly versions: number;
  /** Bytes of the newest versions. */
  readonly contentBytes: number;
  /** Content that was laid down and that no object took. */
  readonly looseBlobs: number;
  /** Objects with a key that an earlier object of the same role has. There must never be one. */
  readonly duplicates: readonly string[];
  readonly changes: number;
}

type Role = 'akte' | 'vorgang' | 'document';

export function booksOf(repository: Repository): DvelopBooks {
  const documents = ofRole(repository, 'document');
  return {
    akten: ofRole(repository, 'akte').length,
    vorgaenge: ofRole(repository, 'vorgang').length,
    documents: documents.length,
    versions: documents.reduce((sum, { versions }) => sum + versions.length, 0),
    contentBytes: documents.reduce((sum, { versions }) => sum + (versions.at(-1)?.blob.length ?? 0), 0),
    looseBlobs: repository.blobs.size,
    duplicates: (['akte', 'vorgang', 'document'] as const).flatMap((role) => duplicatesOf(repository, role)),
    changes: repository.changes,
  };
}

/** The content of the books as a tree of Akte > Vorgang > document. */
export function contentsOf(repository: Repository): DmsContents {
  const below = (role: Role, parent: StoredObject): StoredObject[] =>
    ofRole(repository, role).filter(({ parentId }) => parentId === parent.id);
  const akten = ofRole(repository, 'akte').map((akte) => ({
    id: akte.id,
    title: first(akte, 'aktentitel'),
    vorgaenge: below('vorgang', akte).map((vorgang) => ({
      id: vorgang.id,
      title: first(vorgang, 'titel'),
      properties: Object.fromEntries([...vorgang.properties].map(([key, values]) => [key, values.join('; ')])),
      documents: below('document', vorgang).map(documentOf),
    })),
  }));
  const filed = akten.flatMap(({ vorgaenge }) => vorgaenge).reduce((sum, { documents }) => sum + 1 + documents.length, 0);
  const all = ofRole(repository, 'vorgang').length + ofRole(repository, 'document').length;
  return { akten, strays: all - filed, changes: repository.changes };
}

function ofRole(repository: Repository, role: Role): StoredObject[] {
  const wanted = repository.town.roles[role].category;
  return [...repository.objects.values()].filter(({ category }) => category.key === wanted);
}

function duplicatesOf(repository: Repository, role: Role): string[] {
  const keys = ofRole(repository, role).map((object) => first(object, repository.town.roles[role].keyProperty));
  return keys.filter((key, at) => keys.indexOf(key) !== at).map((key) => `${role} ${key}`);
}

function documentOf(document: StoredObject): FiledDocument {
  const newest = document.versions.at(-1);
  return {
    id: document.id,
    fileName: newest?.fileName ?? '',
    originalName: first(document, 'originalname'),
    mediaType: first(document, 'medientyp'),
    size: newest?.blob.length ?? -1,
    sha512: newest?.blob.sha512 ?? '',
  };
}

function first({ properties }: StoredObject, key: string): string {
  return properties.get(key)?.[0] ?? '';
}
