// SPDX-License-Identifier: EUPL-1.2
/*
 * Nextcloud's chunked upload, version 2, from its developer manual (client APIs, WebDAV, chunking); not tried with a Nextcloud. Inferred: that
 * what is put together takes the place of an older file of that name, as PUT does, and 404 for the folder of an upload that has expired.
 */
import { encodedPath } from './webdav.wire.js';

/** Chunks are called 1 to 10000. */
const CHUNKS_MAX = 10_000;
/** Where files are, and as whom: `/remote.php/dav/files/<user>/…`. */
const FILES = /^(.*\/remote\.php\/dav)\/files\/([^/]+)(?=\/|$)/;

/** Path of the folder in which the chunks of one file are collected. @param base path of the configured folder. Pure. */
export function uploadPath(base: string, id: string): string {
  const [, dav = '', user = ''] = FILES.exec(base) ?? [];
  return `${dav}/uploads/${user}${encodedPath([id])}`;
}

/** Bytes of each chunk: as configured, but never more chunks than there may be. Pure. */
export function chunkBytesFor(size: number, configured: number): number {
  return Math.max(configured, Math.ceil(size / CHUNKS_MAX));
}

/** Headers that every request of an upload has: where the file will be, and how long it is. */
export function uploadHeaders(destination: string, size: number): Record<string, string> {
  return { destination, 'oc-total-length': String(size) };
}
