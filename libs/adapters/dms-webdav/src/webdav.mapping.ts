// SPDX-License-Identifier: EUPL-1.2
import {
  compileText,
  filedFor,
  type FilingPreview,
  type FilingRequest,
  filingWords,
  folderNameOf,
  listedDocuments,
  nameHash,
  type StoredDocument,
  storedDocuments,
} from '@amtsbote/adapter-kit';

import { MappingError } from './webdav.errors.js';
import type { WebdavOptions } from './webdav.options.js';

/** The list of contents: what lies in a folder, from whom it is, and how it can be checked. Written before the documents. */
export const CONTENTS_FILE = 'Verzeichnis.json';
/** Files under way, until they are complete. */
export const PART_NAME = /^\.amtsbote-[0-9a-f]{16}-\d+\.part$/;
/** Everything one filing needs, computed before the first call. Folders are names below the configured one. */
export interface FilingPlan {
  readonly akte: string;
  readonly vorgang: string;
  /** Folders from the Akte down to where this act's documents go: a decision has one of its own in the Vorgang. */
  readonly folder: readonly string[];
  /** Content of {@link CONTENTS_FILE}; equal over all attempts. */
  readonly contents: string;
  readonly documents: readonly StoredDocument[];
}

/**
 * Compiles the operator's expressions once.
 * @returns the plan of a filing for the key of an act. It throws ExpressionError or MappingError when this application cannot be expressed.
 */
export function compileMapping(options: WebdavOptions): (request: FilingRequest, actKey: string) => FilingPlan {
  const akteFolder = compileText(options.akte.folder);
  const vorgangFolder = compileText(options.vorgang.folder);
  const properties = Object.entries(options.vorgang.properties).map(([name, source]) => ({ name, value: compileText(source) }));

  return (request, actKey) => {
    const { place } = request;
    const application = filedFor(request);
    // Akte and Vorgang are the application's; its decision only adds a folder and must find the same ones.
    const akte = folderName(
      'akte.folder',
      place === undefined ? akteFolder({ application }) : `${place.akte.title} ${nameHash(place.akte.key, 8)}`,
    );
    const vorgang = folderName(
      'vorgang.folder',
      place === undefined ? vorgangFolder({ application }) : `${place.vorgang.title} ${nameHash(application.id, 8)}`,
    );
    const documents = storedDocuments(request.documents, options.names, [CONTENTS_FILE]);
    return {
      akte,
      vorgang,
      folder: [akte, vorgang, ...ownFolder(request, actKey)],
      documents,
      contents: JSON.stringify(
        {
          application: request.application.id,
          act: actKey,
          reference: request.application.reference,
          properties: Object.fromEntries(
            properties.map(({ name, value }) => [name, value({ application: request.application, filing: filingWords(place) })]),
          ),
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

/** What filing would do: Akte and Vorgang are told by their folders. Pure. */
export function previewOfPlan({ akte, vorgang, folder, documents }: FilingPlan, cabinet: string): FilingPreview {
  const shown = (key: string, title: string) => ({ key, title, class: '', properties: [] });
  return {
    ...{ cabinet, akte: shown(akte, akte), vorgang: shown(`${akte}/${vorgang}`, vorgang) },
    documents: documents.map(({ document, storedAs }) => ({ ...shown([...folder, storedAs].join('/'), storedAs), document: document.key })),
  };
}

/** Name of a document while it is under way in one attempt: no two attempts write to the same file. */
export function partName(actKey: string, what: string, attempt: number): string {
  return `.amtsbote-${nameHash(`${actKey}/${what}`, 16)}-${attempt}.part`;
}

/** @throws MappingError when the expression gave nothing. */
function folderName(setting: string, text: string): string {
  const name = folderNameOf(text);
  if (name === undefined) throw new MappingError(`${setting} is empty`);
  return name;
}
