// SPDX-License-Identifier: EUPL-1.2
import {
  CHECKSUM_FILE,
  checksums,
  compileText,
  CONTENTS_FILE,
  type ExportRequest,
  folderNameOf,
  listedDocuments,
  nameHash,
  type StoredDocument,
  storedDocuments,
} from '@amtsbote/adapter-kit';

import { folderUnnamed } from './file-drop.errors.js';
import type { FileDropOptions } from './file-drop.options.js';

/** Everything one hand-over needs, computed before the first call. */
export interface DropPlan {
  /** Path of the folder when it is complete. */
  readonly final: string;
  readonly documents: readonly StoredDocument[];
  /** What lies beside the documents, in the order in which it is written: the list of contents last. */
  readonly lists: readonly { readonly name: string; readonly text: string }[];
  /** Path of the list of contents in the complete folder. */
  readonly contents: string;
}

/**
 * Compiles the operator's expression once.
 * @returns the plan of a hand-over for the key of an act. It throws ExpressionError or DeliveryError when this application cannot be expressed.
 */
export function compileMapping({ directory, folder, names }: FileDropOptions): (request: ExportRequest, actKey: string) => DropPlan {
  const folderText = compileText(folder);
  return ({ application, payment, documents: given }, actKey) => {
    const name = folderNameOf(folderText({ application }));
    if (name === undefined) throw folderUnnamed();
    const documents = storedDocuments(given, names, [CONTENTS_FILE, CHECKSUM_FILE]);
    const contents = {
      application: application.id,
      act: actKey,
      reference: application.reference,
      ...(payment === undefined ? {} : { payment: payment.state }),
      documents: listedDocuments(documents),
    };
    const final = `${directory}/${name}`;
    const lists = [
      { name: CHECKSUM_FILE, text: checksums(documents) },
      { name: CONTENTS_FILE, text: JSON.stringify(contents, undefined, 2) },
    ];
    return { final, documents, lists, contents: `${final}/${CONTENTS_FILE}` };
  };
}

/** Folder of a hand-over under way: hidden, and no two attempts have the same. */
export function partPath(directory: string, actKey: string, attempt: number): string {
  return `${directory}/${partPrefix(actKey)}${attempt}.part`;
}

/** Beginning of the names of all folders of a hand-over under way. */
export function partPrefix(actKey: string): string {
  return `.amtsbote-${nameHash(actKey, 16)}-`;
}
