// SPDX-License-Identifier: EUPL-1.2
import type { DmsContents, FiledAkte, FiledDocument, FiledVorgang } from './dms/fixture.js';

/** A file of a server, as its own storage shows it. */
export interface PlainFile {
  readonly size: number;
  readonly sha512: string;
  /** Null for large files. */
  readonly bytes: Buffer | null;
}
/** Everything below the folder for Akten: path segments → file, or folder. */
export type PlainEntries = readonly { readonly segments: readonly string[]; readonly entry: 'folder' | PlainFile }[];

interface List {
  readonly properties: Record<string, string>;
  readonly documents: readonly { storedAs: string; fileName: string; originalName: string; mediaType: string }[];
}
const LIST = 'Verzeichnis.json';
const CHECKSUMS = 'SHA512SUMS';

/**
 * The order Akte > Vorgang > documents as a person would read it from the files: names and index data from the lists of contents, length and
 * hash from the files themselves. Whatever no list names is a stray. For every DMS that is a tree of folders.
 * @param base path on the server of the folder for Akten.
 */
export function contentsOf(entries: PlainEntries, base: string, changes: number): DmsContents {
  const idOf = (segments: readonly string[]): string => [base, ...segments].join('/');
  const inFolder = (folder: readonly string[]): PlainEntries =>
    entries.filter(({ segments }) => segments.length === folder.length + 1 && folder.every((name, index) => segments[index] === name));
  const fileIn = (folder: readonly string[], name: string): PlainFile | undefined => {
    const found = inFolder(folder).find(({ segments }) => segments.at(-1) === name)?.entry;
    return found === 'folder' ? undefined : found;
  };
  const listIn = (folder: readonly string[]): List => {
    const bytes = fileIn(folder, LIST)?.bytes;
    return bytes === undefined || bytes === null ? { properties: {}, documents: [] } : (JSON.parse(bytes.toString('utf8')) as List);
  };
  let counted = 0;
  const documentsIn = (folder: readonly string[]): FiledDocument[] => {
    for (const name of [LIST, CHECKSUMS]) if (fileIn(folder, name) !== undefined) counted += 1;
    return listIn(folder).documents.flatMap(({ storedAs, fileName, originalName, mediaType }) => {
      const file = fileIn(folder, storedAs);
      if (file === undefined) return [];
      counted += 1;
      return [{ id: idOf([...folder, storedAs]), fileName, originalName, mediaType, size: file.size, sha512: file.sha512 }];
    });
  };
  const foldersIn = (folder: readonly string[]): string[][] =>
    inFolder(folder)
      .filter(({ entry }) => entry === 'folder')
      .map(({ segments }) => [...segments]);
  const vorgang = (folder: string[]): FiledVorgang => {
    const decisions = foldersIn(folder);
    counted += 1 + decisions.length;
    const documents = [folder, ...decisions].flatMap(documentsIn);
    return { id: idOf(folder), title: folder.at(-1) ?? '', properties: listIn(folder).properties, documents };
  };
  const akten: FiledAkte[] = foldersIn([]).map((folder) => {
    counted += 1;
    return { id: idOf(folder), title: folder.at(-1) ?? '', vorgaenge: foldersIn(folder).map(vorgang) };
  });
  return { akten, strays: entries.length - counted, changes };
}
