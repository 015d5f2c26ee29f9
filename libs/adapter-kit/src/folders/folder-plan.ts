// SPDX-License-Identifier: EUPL-1.2
import { compileText } from '../expression.js';
import { filingWords } from '../filing-place.js';
import { filedFor, type FilingPreview, type FilingRequest, type PreviewedObject } from '../ports/dms.js';
import { folderNameOf, listedDocuments, nameHash, type NameRules, type StoredDocument, storedDocuments } from '../stored-names.js';

/** The list of contents: what lies in a folder, from whom it is, and how it can be checked. Written before the documents. */
export const CONTENTS_FILE = 'Verzeichnis.json';
/** For `sha512sum -c`. */
export const CHECKSUM_FILE = 'SHA512SUMS';
/** Files under way, until they are complete. */
export const PART_NAME = /^\.amtsbote-[0-9a-f]{16}-\d+\.part$/;

/** How applications become folders: expressions of the operator. */
export interface FolderMapping {
  /** `folder`: equal text, same Akte. */
  readonly akte: { readonly folder: string };
  readonly vorgang: { readonly folder: string; readonly properties: Readonly<Record<string, string>> };
  readonly names: NameRules;
  /** Whether a file for `sha512sum -c` lies beside the documents. */
  readonly checksumFile: boolean;
}

/** Everything one filing needs, computed before the first call. Folders are names below the configured one. */
export interface FilingPlan {
  readonly akte: string;
  readonly vorgang: string;
  /** Folders from the Akte down to where this act's documents go: a decision, for one, has a folder of its own in the Vorgang. */
  readonly folder: readonly string[];
  /** Content of {@link CONTENTS_FILE}; equal over all attempts. */
  readonly contents: string;
  /** Content of {@link CHECKSUM_FILE}, where there is to be one. */
  readonly checksums: string | undefined;
  readonly documents: readonly StoredDocument[];
}

/** The folder names give something that cannot be a folder. Names the setting, not the value. */
export class FolderUnnamed extends Error {
  override readonly name = 'FolderUnnamed';
}

/**
 * Compiles the operator's expressions once. The one mapping of all DMS that are a tree of folders.
 * @returns the plan of a filing for the key of an act. It throws ExpressionError or FolderUnnamed when this application cannot be expressed.
 */
export function compileFolderPlan(mapping: FolderMapping): (request: FilingRequest, actKey: string) => FilingPlan {
  const akteFolder = compileText(mapping.akte.folder);
  const vorgangFolder = compileText(mapping.vorgang.folder);
  const properties = Object.entries(mapping.vorgang.properties).map(([name, source]) => ({ name, value: compileText(source) }));
  const reserved = mapping.checksumFile ? [CONTENTS_FILE, CHECKSUM_FILE] : [CONTENTS_FILE];

  return (request, actKey) => {
    const { application, place } = request;
    const filed = filedFor(request);
    // Akte and Vorgang are the application's; its decision, and what joins it, only add a folder and must find the same ones.
    const akte = named(
      'akte.folder',
      place === undefined ? akteFolder({ application: filed }) : `${place.akte.title} ${nameHash(place.akte.key, 8)}`,
    );
    const vorgang = named(
      'vorgang.folder',
      place === undefined ? vorgangFolder({ application: filed }) : `${place.vorgang.title} ${nameHash(filed.id, 8)}`,
    );
    const subject = { application, filing: filingWords(place) };
    const documents = storedDocuments(request.documents, mapping.names, reserved);
    return {
      akte,
      vorgang,
      folder: [akte, vorgang, ...ownFolder(request, actKey)],
      documents,
      checksums: mapping.checksumFile ? checksums(documents) : undefined,
      contents: JSON.stringify(
        {
          application: application.id,
          act: actKey,
          reference: application.reference,
          properties: Object.fromEntries(properties.map(({ name, value }) => [name, value(subject)])),
          documents: listedDocuments(documents),
        },
        undefined,
        2,
      ),
    };
  };
}

/** A decision has a folder of its own, and so have what was handed in later and what takes the place of older files: a folder keeps no versions. */
function ownFolder({ application, joins, decision, refreshes }: FilingRequest, actKey: string): string[] {
  if (decision !== undefined) return [`Bescheid ${decision.decidedAt.slice(0, 10)} ${nameHash(actKey, 6)}`];
  if (refreshes !== undefined) return [`Aktualisiert ${nameHash(actKey, 6)}`];
  return joins === undefined ? [] : [`Nachgereicht ${application.receivedAt.slice(0, 10)} ${nameHash(actKey, 6)}`];
}

/** What filing would do: Akte and Vorgang are told by their folders. @param cabinet where the folders of Akten are. Pure. */
export function previewOfPlan({ akte, vorgang, folder, documents }: FilingPlan, cabinet: string): FilingPreview {
  const shown = (key: string, title: string): PreviewedObject => ({ key, title, class: '', properties: [] });
  return {
    ...{ cabinet, akte: shown(akte, akte), vorgang: shown(`${akte}/${vorgang}`, vorgang) },
    documents: documents.map(({ document, storedAs }) => ({ ...shown([...folder, storedAs].join('/'), storedAs), document: document.key })),
  };
}

/** The file for `sha512sum -c`: names with a backslash or a line break would need another form; stored documents have none. Pure. */
export function checksums(documents: readonly StoredDocument[]): string {
  return documents.map(({ document, storedAs }) => `${document.sha512}  ${storedAs}\n`).join('');
}

/** Name of a file while it is under way in one attempt: no two attempts write to the same file. */
export function partName(actKey: string, what: string, attempt: number): string {
  return `.amtsbote-${nameHash(`${actKey}/${what}`, 16)}-${attempt}.part`;
}

/** @throws FolderUnnamed when the expression gave nothing. */
function named(setting: string, text: string): string {
  const name = folderNameOf(text);
  if (name === undefined) throw new FolderUnnamed(`${setting} is empty`);
  return name;
}
