// SPDX-License-Identifier: EUPL-1.2
import { compileText } from '../expression.js';
import type { FilingRequest } from '../ports/dms.js';
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
  /** Folders from the Akte down to where this act's documents go: a decision has one of its own in the Vorgang. */
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
    const { application, decision } = request;
    // Akte and Vorgang are the application's; its decision only adds a folder and must find the same ones.
    const akte = named('akte.folder', akteFolder({ application }));
    const vorgang = named('vorgang.folder', vorgangFolder({ application }));
    const documents = storedDocuments(request.documents, mapping.names, reserved);
    return {
      akte,
      vorgang,
      folder:
        decision === undefined ? [akte, vorgang] : [akte, vorgang, `Bescheid ${decision.decidedAt.slice(0, 10)} ${nameHash(actKey, 6)}`],
      documents,
      checksums: mapping.checksumFile ? checksums(documents) : undefined,
      contents: JSON.stringify(
        {
          application: application.id,
          act: actKey,
          reference: application.reference,
          properties: Object.fromEntries(properties.map(({ name, value }) => [name, value({ application })])),
          documents: listedDocuments(documents),
        },
        undefined,
        2,
      ),
    };
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
