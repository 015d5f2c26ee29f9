// SPDX-License-Identifier: EUPL-1.2
import { z } from 'zod';

/** Lower-case hex SHA-512 of the content. */
export const Sha512 = z.string().regex(/^[0-9a-f]{128}$/, 'a SHA-512 in lower-case hex');

/** What an attachment is for. */
export const AttachmentPurpose = z.enum(['representation', 'attachment', 'decision', 'export']);
export type AttachmentPurpose = z.infer<typeof AttachmentPurpose>;

/** Result of the virus scan; `notScanned` never counts as clean. */
export const ScanState = z.enum(['notScanned', 'clean', 'infected']);
export type ScanState = z.infer<typeof ScanState>;

const described = {
  /** UUIDv7; also the claim check: the key of the bytes in the blob store (law 8). */
  id: z.uuid(),
  /** Safe name: Unicode NFC, no path, no control characters, at most 255 bytes. See {@link safeFileName}. */
  name: z.string().min(1).max(255),
  /** The name exactly as the sender gave it. */
  originalName: z.string().max(4_096),
  /** What it is, by its content. */
  mediaType: z.string().max(255),
  /** What the sender said it was, where that is something else. */
  sentMediaType: z.string().max(255).optional(),
  purpose: AttachmentPurpose,
  scan: ScanState,
};

/** An attachment whose bytes are in the blob store. */
export const StoredAttachment = z.strictObject({ ...described, state: z.literal('stored'), size: z.int().min(0), sha512: Sha512 });
export type StoredAttachment = z.infer<typeof StoredAttachment>;

/** An attachment the sender only linked: collected by the first step, before anything else happens. */
export const LinkedAttachment = z.strictObject({ ...described, state: z.literal('linked'), link: z.url().max(2_048) });
export type LinkedAttachment = z.infer<typeof LinkedAttachment>;

/** A file that belongs to an application. Its bytes never travel on the bus (claim check). */
export const Attachment = z.discriminatedUnion('state', [StoredAttachment, LinkedAttachment]);
export type Attachment = z.infer<typeof Attachment>;

const CONTROL_OR_FORMAT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const NAME_BYTES_MAX = 255;
const UTF8 = new TextEncoder();

/**
 * A file name that is safe in every target: last path segment, NFC, without control and format characters (soft hyphens, direction
 * overrides), not "." or "..", not empty, at most 255 bytes of UTF-8 with the extension kept. Umlauts, `;` and `&` stay: they are legal.
 */
export function safeFileName(original: string): string {
  const lastSegment = original.split(/[\\/]/).pop() ?? '';
  // Cleaned before it is composed: a soft hyphen between a letter and its dots would leave them apart.
  const cleaned = lastSegment.replace(CONTROL_OR_FORMAT, '').normalize('NFC').trim();
  const named = /^\.*$/.test(cleaned) ? 'unbenannt' : cleaned;
  return shortened(named);
}

function shortened(name: string): string {
  const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
  return withEnding(name.slice(0, name.length - extension.length), extension);
}

function byteLength(text: string): number {
  return UTF8.encode(text).length;
}

/** Stem and ending together, the stem cut so that both have at most 255 bytes. */
function withEnding(stem: string, ending: string): string {
  const room = NAME_BYTES_MAX - byteLength(ending);
  if (byteLength(stem) <= room) return stem + ending;
  let kept = '';
  for (const character of stem) {
    if (byteLength(kept + character) > room) break;
    kept += character;
  }
  return kept + ending;
}

/**
 * Makes names unique within one application by numbering: two uploads called "scan.pdf" become "scan.pdf" and "scan (2).pdf".
 * Compared without case, because some targets' file systems do. Names stay within 255 bytes.
 */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
    const stem = name.slice(0, name.length - extension.length);
    let candidate = name;
    for (let n = 2; taken.has(candidate.toLowerCase()); n += 1) candidate = withEnding(stem, ` (${n})${extension}`);
    taken.add(candidate.toLowerCase());
    return candidate;
  });
}
