// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { compileText, type DeliverableDocument, type FilingRequest } from '@amtsbote/adapter-kit';
import { distinctNames, safeFileName } from '@amtsbote/canonical';

import { MappingError } from './webdav.errors.js';
import type { WebdavOptions } from './webdav.options.js';

/** The list of contents: what lies in a folder, from whom it is, and how it can be checked. Written before the documents. */
export const CONTENTS_FILE = 'Verzeichnis.json';
/** Files under way, until they are complete. */
export const PART_NAME = /^\.amtsbote-[0-9a-f]{16}-\d+\.part$/;
/** Leaves room for paths: many sync clients take 260 characters in all. */
const FOLDER_BYTES_MAX = 120;
const WINDOWS_ILLEGAL = /[<>:"/\\|?*]/gu;
const POSIX_ILLEGAL = /[/\\]/gu;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** A document with the name under which it is stored. */
export interface DocumentPlan {
  readonly document: DeliverableDocument;
  readonly storedAs: string;
}

/** Everything one filing needs, computed before the first call. Folders are names below the configured one. */
export interface FilingPlan {
  readonly akte: string;
  readonly vorgang: string;
  /** Folders from the Akte down to where this act's documents go: a decision has one of its own in the Vorgang. */
  readonly folder: readonly string[];
  /** Content of {@link CONTENTS_FILE}; equal over all attempts. */
  readonly contents: string;
  readonly documents: readonly DocumentPlan[];
}

/** Whose folder it is, as the list of contents says. */
export interface Ownership {
  readonly application: string;
  readonly act: string;
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
    const { application, decision } = request;
    // Akte and Vorgang are the application's; its decision only adds a folder and must find the same ones.
    const akte = folderName('akte.folder', akteFolder({ application }));
    const vorgang = folderName('vorgang.folder', vorgangFolder({ application }));
    const documents = stored(request.documents, options.names);
    return {
      akte,
      vorgang,
      folder:
        decision === undefined ? [akte, vorgang] : [akte, vorgang, `Bescheid ${decision.decidedAt.slice(0, 10)} ${shortHash(actKey)}`],
      documents,
      contents: JSON.stringify(
        {
          application: application.id,
          act: actKey,
          reference: application.reference,
          properties: Object.fromEntries(properties.map(({ name, value }) => [name, value({ application })])),
          documents: documents.map(({ document: { key, role, fileName, originalName, mediaType, size, sha512 }, storedAs }) => ({
            ...{ key, role, storedAs, fileName, originalName, mediaType, size, sha512 },
          })),
        },
        undefined,
        2,
      ),
    };
  };
}

/** Name of a document while it is under way in one attempt: no two attempts write to the same file. */
export function partName(actKey: string, what: string, attempt: number): string {
  return `.amtsbote-${hashOf(`${actKey}/${what}`).slice(0, 16)}-${attempt}.part`;
}

/** Reads whose folder it is. @returns undefined when it is no list of contents. */
export function ownershipIn(contents: Buffer): Ownership | undefined {
  let read: unknown;
  try {
    read = JSON.parse(contents.toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || !('application' in read) || !('act' in read)) return undefined;
  const { application, act } = read;
  return typeof application === 'string' && typeof act === 'string' ? { application, act } : undefined;
}

function stored(documents: readonly DeliverableDocument[], names: WebdavOptions['names']): DocumentPlan[] {
  const taken = distinctNames([CONTENTS_FILE, ...documents.map(({ fileName }) => legalName(fileName, names))]);
  return documents.map((document, index) => ({ document, storedAs: taken[index + 1] ?? document.fileName }));
}

/** A leading dot hides a file and may steer the server (`.htaccess`): never from outside. */
function legalName(fileName: string, names: WebdavOptions['names']): string {
  if (names === 'posix') return safeFileName(fileName.replace(/^\./, '_'));
  const legal = fileName.replaceAll(WINDOWS_ILLEGAL, '_').replace(/^\./, '_').replace(/[. ]$/, '_');
  return safeFileName(WINDOWS_DEVICE.test(legal) ? `_${legal}` : legal);
}

/**
 * A folder's name from what an expression gave. Two different texts never give the same folder: one whose characters had to be replaced, or
 * that had to be cut, ends with a hash of what it was.
 */
function folderName(setting: string, text: string): string {
  const wanted = text.normalize('NFC').trim();
  if (wanted === '') throw new MappingError(`${setting} is empty`);
  const legal = wanted
    .replaceAll(WINDOWS_ILLEGAL, '-')
    .replaceAll(POSIX_ILLEGAL, '-')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '')
    .replace(/^\.+/, '-')
    .replace(/[. ]+$/, '');
  const fits = Buffer.byteLength(legal) <= FOLDER_BYTES_MAX && !WINDOWS_DEVICE.test(legal);
  if (legal === wanted && fits) return legal;
  let kept = '';
  for (const character of legal) {
    if (Buffer.byteLength(kept + character) > FOLDER_BYTES_MAX - 8) break;
    kept += character;
  }
  return `${kept.trim()} ~${shortHash(text)}`.trim();
}

function shortHash(text: string): string {
  return hashOf(text).slice(0, 6);
}
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
