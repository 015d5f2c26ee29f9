// SPDX-License-Identifier: EUPL-1.2
import type { Ids } from '@amtsbote/canonical';
import { type BlobStore, BlobTooLarge } from '@amtsbote/store';

import type { EndpointConfig } from '../../config/endpoint-config.js';
import type { PlacedAttachment } from '../compose.js';
import { contentTypeOf } from '../content-type.js';
import { ArchiveRefused, withArchive } from './zip-archive.js';

const ZIP = 'application/zip';

/** What unpacking needs; `blobs` collects the ids of what was stored, so that a failure can clean up. */
export interface Unpacking {
  readonly store: BlobStore;
  readonly ids: Ids;
  readonly blobs: string[];
  /** How many attachments there may still be. */
  readonly room: number;
}

/** The files of an archive, or why it stays closed. */
export type Unpacked = { readonly files: readonly PlacedAttachment[] } | { readonly fault: string };

/**
 * Unpacks an attachment that is a ZIP by its content, where the endpoint wants it; the archive itself stays. Streamed from blob to blob.
 * @returns `undefined` for what is no archive to be unpacked.
 */
export async function unpackZip(
  attachment: PlacedAttachment,
  limits: EndpointConfig['unpackZip'],
  { store, ids, blobs, room }: Unpacking,
): Promise<Unpacked | undefined> {
  const { blob, mediaType } = attachment;
  if (limits === undefined || blob === undefined || mediaType !== ZIP) return undefined;
  const files: PlacedAttachment[] = [];
  try {
    await withArchive(store, blob, { ...limits, entriesMax: Math.min(limits.entriesMax, room) }, async (entries) => {
      for (const entry of entries) {
        const { name } = entry;
        const id = ids.uuid();
        blobs.push(id);
        const stored = await store.put(id, await entry.open(), limits.entryBytesMax);
        const said = { name, mediaType: 'application/octet-stream', purpose: 'attachment' } as const;
        const type = await contentTypeOf(store, stored, said.mediaType);
        const file = { ...stored, partName: '', fileName: name, mediaType: type };
        files.push({ draft: { ...said, mediaType: type, file }, blob: stored, mediaType: type });
      }
    });
    return { files };
  } catch (error) {
    if (error instanceof ArchiveRefused) return { fault: error.fault };
    if (error instanceof BlobTooLarge) return { fault: 'too-large' };
    throw error;
  }
}
