// SPDX-License-Identifier: EUPL-1.2
import type { DmsContents, FiledDocument, FiledVorgang } from '@amtsbote/adapter-kit/testing';

import type { Repository, StoredObject, Value } from './repository.js';

/** The simulator's own count of what it holds. */
export interface CmisBooks {
  readonly akten: number;
  readonly vorgaenge: number;
  readonly documents: number;
  /** Versions of all documents, without working copies; more than documents when content was replaced by check-in. */
  readonly versions: number;
  readonly workingCopies: number;
  /** Bytes of the latest versions. */
  readonly contentBytes: number;
  /** Objects with a key that an earlier object of the same role has. There must never be one. */
  readonly duplicates: readonly string[];
  readonly changes: number;
}

type Role = 'akte' | 'vorgang' | 'document';

export function booksOf(repository: Repository): CmisBooks {
  const all = [...repository.objects.values()];
  const documents = ofRole(repository, 'document');
  const isDocument = ({ typeId }: StoredObject): boolean => repository.types.baseOf(typeId) === 'cmis:document';
  return {
    akten: ofRole(repository, 'akte').length,
    vorgaenge: ofRole(repository, 'vorgang').length,
    documents: documents.length,
    versions: all.filter((object) => isDocument(object) && !object.isWorkingCopy).length,
    workingCopies: all.filter(({ isWorkingCopy }) => isWorkingCopy).length,
    contentBytes: documents.reduce((sum, { content }) => sum + (content?.length ?? 0), 0),
    duplicates: (['akte', 'vorgang', 'document'] as const).flatMap((role) => duplicatesOf(repository, role)),
    changes: repository.changes,
  };
}

/** The content of the books as a tree of Akte > Vorgang > document. */
export function contentsOf(repository: Repository): DmsContents {
  const inFolder = (role: Role, parent: StoredObject): StoredObject[] =>
    ofRole(repository, role).filter(({ parentId }) => parentId === parent.id);
  const akten = ofRole(repository, 'akte').map((akte) => ({
    id: akte.id,
    title: nameOf(akte),
    vorgaenge: inFolder('vorgang', akte).map((vorgang): FiledVorgang => ({
      id: vorgang.id,
      title: nameOf(vorgang),
      properties: Object.fromEntries([...vorgang.properties].map(([id, value]) => [id, shown(value)])),
      documents: inFolder('document', vorgang).map(documentOf),
    })),
  }));
  const filed = akten.flatMap(({ vorgaenge }) => vorgaenge).reduce((sum, { documents }) => sum + 1 + documents.length, 0);
  return {
    akten,
    strays: ofRole(repository, 'vorgang').length + ofRole(repository, 'document').length - filed,
    changes: repository.changes,
  };
}

function documentOf(document: StoredObject): FiledDocument {
  const { id, content, properties } = document;
  return {
    id,
    fileName: content?.fileName ?? '',
    originalName: shown(properties.get('town:originalname') ?? null),
    mediaType: content?.mediaType ?? '',
    size: content?.length ?? -1,
    sha512: content?.sha512 ?? '',
  };
}

function ofRole(repository: Repository, role: Role): StoredObject[] {
  const { type } = repository.archive.roles[role];
  return [...repository.objects.values()].filter((object) => object.typeId === type && repository.isLatest(object));
}

function duplicatesOf(repository: Repository, role: Role): string[] {
  const { keyProperty } = repository.archive.roles[role];
  const seen = new Set<string>();
  return ofRole(repository, role).flatMap((object) => {
    const key =
      keyProperty === undefined ? `${object.parentId ?? ''}/${nameOf(object)}` : shown(object.properties.get(keyProperty) ?? null);
    if (seen.has(key)) return [`${role} ${key}`];
    seen.add(key);
    return [];
  });
}

function nameOf({ properties }: StoredObject): string {
  return shown(properties.get('cmis:name') ?? null);
}

/** As a clerk sees it: dates are not milliseconds to a clerk, but they are to the repository. */
function shown(value: Value): string {
  return value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value);
}
