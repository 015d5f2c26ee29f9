// SPDX-License-Identifier: EUPL-1.2
import type { AttachmentPurpose, JsonValue } from '@amtsbote/canonical';

import { IntakeRejection } from '../../intake-rejection.js';
import type { AttachmentDraft, ReceivedFile } from '../../ports/forms.js';
import { isJsonObject, pointerTo, shortPointer } from '../json-pointer.js';
import type { MappingSettings } from './form-mapping.js';
import { type InlineFiles, typeOf } from './inline-files.js';
import type { SentDocument } from './sent-document.js';

/** Members of an attachment object; of those with one meaning the first that is there counts. */
const ATTACHMENT_MEMBERS = {
  name: ['name', 'filename', 'file_name', 'originalName'],
  mediaType: ['contentType', 'mediaType', 'type'],
  base64: ['base64', 'content', 'base64Data'],
  link: ['url', 'link'],
  purpose: ['purpose'],
} as const;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether this is an exact origin from which attachments may be collected: https, or http on loopback. */
export function isLinkOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url?.origin !== text || url.hostname.includes('*')) return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}

const LINK_LENGTH_MAX = 2_048;
/** `data:` address with base64 (RFC 2397), as some form builders put files into a `url` member. */
const DATA_ADDRESS = /^data:([^;,]*)(?:;[^;,]*)*;base64,/;

type Content =
  | { readonly bytes: Uint8Array; readonly mediaType?: string }
  | { readonly file: ReceivedFile; readonly mediaType?: string }
  | { readonly link: string };

/** What reading attachments needs. */
interface Reading {
  readonly document: SentDocument;
  readonly linkOrigins: readonly string[];
  readonly files: InlineFiles;
}

/**
 * All attachments of a body: inline bytes decoded, links checked against the allowed origins.
 * @throws IntakeRejection `untranslatable`: `base64-invalid`, `link-not-allowed`, `attachment-missing`, `attachment-unreadable`.
 */
export function attachmentsOfDocument(options: MappingSettings, document: SentDocument, files: InlineFiles): AttachmentDraft[] {
  const reading = { document, linkOrigins: options.linkOrigins, files };
  const { attachments, representation, linkedData } = options.mapping;
  const first = representation === undefined ? [] : representationOf(representation, reading);
  return [
    ...first,
    ...dataOf(linkedData, reading),
    ...attachments.flatMap((pointer) => {
      const value = document.at(pointer);
      if (value === undefined) return [];
      if (!Array.isArray(value)) return [attachmentOf(value, pointer, reading)];
      if (value.length === 0) document.markUsed(pointer);
      return value.map((element, index) => attachmentOf(element, pointerTo(pointer, index), reading));
    }),
  ];
}

/** The data of a thin event: what it links to is the application as the form server has it. */
function dataOf(pointer: string | undefined, { document, linkOrigins, files }: Reading): AttachmentDraft[] {
  const link = document.at(pointer);
  if (pointer === undefined || link === undefined) return [];
  if (typeof link !== 'string') throw untranslatable('attachment-unreadable', 'The link to the data has to be a text.', pointer);
  const content = linkedContent(link, pointer, { linkOrigins, files });
  document.markUsed(pointer);
  return [{ ...content, name: 'Antrag.json', mediaType: 'application/json', purpose: 'attachment' }];
}

function representationOf(pointer: string, reading: Reading): AttachmentDraft[] {
  const { document, files } = reading;
  const value = document.at(pointer);
  if (value === undefined) return [];
  if (typeof value !== 'string') return [{ ...attachmentOf(value, pointer, reading), purpose: 'representation' }];
  document.markUsed(pointer);
  return [{ name: 'Antrag.pdf', mediaType: 'application/pdf', purpose: 'representation', ...inlineContent(value, pointer, files) }];
}

function attachmentOf(value: JsonValue, place: string, { document, linkOrigins, files }: Reading): AttachmentDraft {
  if (!isJsonObject(value))
    throw untranslatable('attachment-unreadable', 'An attachment has to be an object with name and content.', place);
  const read = (members: readonly string[]): { text: string; place: string } | undefined => {
    for (const member of members) {
      const text = value[member];
      if (typeof text === 'string') return { text, place: pointerTo(place, member) };
    }
    return undefined;
  };
  const use = (members: readonly string[]): string | undefined => {
    const found = read(members);
    if (found !== undefined) document.markUsed(found.place);
    return found?.text;
  };
  const inline = read(ATTACHMENT_MEMBERS.base64);
  const source = inline ?? read(ATTACHMENT_MEMBERS.link);
  if (source === undefined) throw untranslatable('attachment-missing', 'This attachment has neither content nor link.', place);
  document.markUsed(source.place);
  const content: Content =
    inline === undefined
      ? linkedContent(source.text, source.place, { linkOrigins, files })
      : inlineContent(source.text, source.place, files);
  const dataType = 'link' in content ? undefined : content.mediaType;
  const described = {
    name: use(ATTACHMENT_MEMBERS.name) ?? '',
    mediaType: use(ATTACHMENT_MEMBERS.mediaType) ?? dataType ?? 'application/octet-stream',
    purpose: purposeOf(read(ATTACHMENT_MEMBERS.purpose), document),
  };
  if ('link' in content) return { ...described, link: content.link };
  return 'file' in content ? { ...described, file: content.file } : { ...described, bytes: content.bytes };
}

function purposeOf(found: { text: string; place: string } | undefined, document: SentDocument): AttachmentPurpose {
  if (found?.text !== 'representation' && found?.text !== 'attachment') return 'attachment';
  document.markUsed(found.place);
  return found.text;
}

/** A link to collect later, or the bytes of a `data:` address. */
function linkedContent(link: string, place: string, { linkOrigins, files }: Pick<Reading, 'linkOrigins' | 'files'>): Content {
  const taken = files.take(link);
  if (taken !== undefined) return { file: taken, mediaType: typeOf(taken) };
  const data = DATA_ADDRESS.exec(link.slice(0, LINK_LENGTH_MAX));
  if (data !== null)
    return {
      bytes: bytesOf(link.slice(data[0].length), place),
      ...(data[1] === undefined || data[1] === '' ? {} : { mediaType: data[1] }),
    };
  const url = link.length <= LINK_LENGTH_MAX ? URL.parse(link) : null;
  const isAllowed =
    url !== null && linkOrigins.includes(url.origin) && isLinkOrigin(url.origin) && url.username === '' && url.password === '';
  if (!isAllowed || url.href.length > LINK_LENGTH_MAX) {
    throw untranslatable('link-not-allowed', 'Attachments may be linked at the configured origins only, without credentials.', place);
  }
  // The parsed spelling, so that whoever collects it asks the host that was checked.
  return { link: url.href };
}

/** The bytes, or the file that was taken out while they came in. */
function inlineContent(
  base64: string,
  place: string,
  files: InlineFiles,
): { readonly bytes: Uint8Array } | { readonly file: ReceivedFile } {
  const file = files.take(base64);
  return file === undefined ? { bytes: bytesOf(base64, place) } : { file };
}

/** Strict base64 (RFC 4648, section 4): the standard alphabet, padded, nothing else, no stray bits. */
function bytesOf(base64: string, place: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64)
    throw untranslatable('base64-invalid', 'The content is not base64 (RFC 4648, section 4).', place);
  return bytes;
}

function untranslatable(code: string, detail: string, place: string): IntakeRejection {
  return new IntakeRejection('untranslatable', code, detail, shortPointer(place, 300));
}
