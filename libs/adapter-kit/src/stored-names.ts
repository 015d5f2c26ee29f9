// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { distinctNames, safeFileName } from '@amtsbote/canonical';

import type { DeliverableDocument } from './documents.js';

/** `windows`: names that every file system and every sync client takes; `posix`: only what a path cannot hold is replaced. */
export type NameRules = 'windows' | 'posix';

/** A document with the name under which it is stored. */
export interface StoredDocument {
  readonly document: DeliverableDocument;
  readonly storedAs: string;
}

/** Leaves room for paths: many sync clients take 260 characters in all. */
const FOLDER_BYTES_MAX = 120;
const WINDOWS_ILLEGAL = /[<>:"/\\|?*]/gu;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/** Names for documents in one folder: legal there, distinct without regard to case, and none of them a reserved one. Pure. */
export function storedDocuments(
  documents: readonly DeliverableDocument[],
  rules: NameRules,
  reserved: readonly string[],
): StoredDocument[] {
  const names = distinctNames([...reserved, ...documents.map(({ fileName }) => legalName(fileName, rules))]);
  return documents.map((document, index) => ({ document, storedAs: names[reserved.length + index] ?? document.fileName }));
}

/** A leading dot hides a file and may steer a server (`.htaccess`): never from outside. */
function legalName(fileName: string, rules: NameRules): string {
  if (rules === 'posix') return safeFileName(fileName.replace(/^\./, '_'));
  const legal = fileName.replaceAll(WINDOWS_ILLEGAL, '_').replace(/^\./, '_').replace(/[. ]$/, '_');
  return safeFileName(WINDOWS_DEVICE.test(legal) ? `_${legal}` : legal);
}

/**
 * A folder's name from a text. Two different texts never give the same folder: one whose characters had to be replaced, or that had to be cut,
 * ends with a hash of what it was. Pure.
 * @returns undefined when the text is empty.
 */
export function folderNameOf(text: string): string | undefined {
  const wanted = text.normalize('NFC').trim();
  if (wanted === '') return undefined;
  const legal = wanted
    .replaceAll(WINDOWS_ILLEGAL, '-')
    .replaceAll(INVISIBLE, '')
    .replace(/^\.+/, '-')
    .replace(/[. ]+$/, '');
  const fits = Buffer.byteLength(legal) <= FOLDER_BYTES_MAX && !WINDOWS_DEVICE.test(legal);
  if (legal === wanted && fits) return legal;
  let kept = '';
  for (const character of legal) {
    if (Buffer.byteLength(kept + character) > FOLDER_BYTES_MAX - 8) break;
    kept += character;
  }
  return `${kept.trim()} ~${nameHash(text, 6)}`.trim();
}

/** The first digits of a hash, to make names from keys: lower-case hex. Pure. */
export function nameHash(text: string, digits: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, digits);
}

/** Whose folder it is, as its list of contents says. */
export interface FolderOwner {
  readonly application: string;
  readonly act: string;
}

/** What a folder's list of contents says of its documents; for people and programs that find the folder without the hub. Pure. */
export function listedDocuments(documents: readonly StoredDocument[]): object[] {
  return documents.map(({ document: { key, role, fileName, originalName, mediaType, size, sha512 }, storedAs }) => ({
    ...{ key, role, storedAs, fileName, originalName, mediaType, size, sha512 },
  }));
}

/** Reads whose folder it is. @returns undefined when it is no list of contents. Pure. */
export function folderOwnerIn(contents: Buffer | string): FolderOwner | undefined {
  let read: unknown;
  try {
    read = JSON.parse(contents.toString());
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null || !('application' in read) || !('act' in read)) return undefined;
  const { application, act } = read;
  return typeof application === 'string' && typeof act === 'string' ? { application, act } : undefined;
}
