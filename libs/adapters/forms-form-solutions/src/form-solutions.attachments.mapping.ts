// SPDX-License-Identifier: EUPL-1.2
import {
  type AttachmentDraft,
  type FormLedger,
  IntakeRejection,
  isJsonObject,
  type JsonPath,
  pointerTo,
  type ReceivedFile,
  shortPointer,
} from '@amtsbote/adapter-kit';
import type { JsonValue } from '@amtsbote/canonical';

import { ATTACHMENT_MEMBERS } from './form-solutions.wire.js';

type Members = { [key: string]: JsonValue };
type Content = { readonly file: ReceivedFile } | { readonly bytes: Uint8Array };

const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';

/** Texts that are files: pdf, attachments, and the contents of listed attachments. The XML may be text, and is small. */
export function isFile(path: JsonPath): boolean {
  const [first, second, third] = path;
  if (path.length === 1) return first === 'pdf' || first === 'attachments';
  if (first !== 'attachments' || typeof second !== 'number') return false;
  return path.length === 2 || (path.length === 3 && ATTACHMENT_MEMBERS.content.some((member) => member === third));
}

/** What stands in the members pdf, xml and attachments; a part that was fetched lies where its pointer says. */
export function attachmentsOf(members: Members, transId: string, files: readonly ReceivedFile[], ledger: FormLedger): AttachmentDraft[] {
  const contents = new Contents(files);
  const { pdf = null, xml = null, attachments = null } = members;
  const drafts: AttachmentDraft[] = [];
  const readable = contents.at(pdf, '/pdf');
  if (readable !== undefined) drafts.push({ name: `${transId}.pdf`, mediaType: 'application/pdf', purpose: 'representation', ...readable });
  else if (pdf !== null) ledger.keep('/pdf', pdf);
  const data = typeof xml === 'string' && xml.trimStart().startsWith('<') ? { bytes: Buffer.from(xml) } : contents.at(xml, '/xml');
  if (data !== undefined) drafts.push({ name: `${transId}.xml`, mediaType: 'application/xml', purpose: 'attachment', ...data });
  else if (xml !== null) ledger.keep('/xml', xml);
  if (Array.isArray(attachments)) drafts.push(...attachments.flatMap((one, index) => listed(one, index, contents, ledger)));
  else {
    const archive = contents.at(attachments, '/attachments');
    if (archive !== undefined)
      drafts.push({ name: `${transId}_attachments.zip`, mediaType: 'application/zip', purpose: 'attachment', ...archive });
    else if (attachments !== null) ledger.keep('/attachments', attachments);
  }
  return drafts;
}

function listed(one: JsonValue, index: number, contents: Contents, ledger: FormLedger): AttachmentDraft[] {
  const place = pointerTo('/attachments', index);
  const alone = contents.at(one, place);
  if (alone !== undefined) return [{ name: `Anlage ${index + 1}`, mediaType: UNKNOWN_MEDIA_TYPE, purpose: 'attachment', ...alone }];
  if (!isJsonObject(one)) {
    if (one !== null) ledger.keep(place, one);
    return [];
  }
  const rest = new Map(Object.entries(one));
  const take = (members: readonly string[]): string | undefined => {
    const member = members.find((name) => typeof rest.get(name) === 'string');
    const text = member === undefined ? undefined : rest.get(member);
    if (member !== undefined) rest.delete(member);
    return typeof text === 'string' ? text : undefined;
  };
  const member = ATTACHMENT_MEMBERS.content.find((name) => contents.isThere(one[name], pointerTo(place, name)));
  const content = member === undefined ? undefined : contents.at(one[member] ?? null, pointerTo(place, member));
  if (member === undefined || content === undefined) {
    throw new IntakeRejection('untranslatable', 'attachment-missing', 'This attachment has no content.', shortPointer(place, 300));
  }
  rest.delete(member);
  const draft: AttachmentDraft = {
    name: take(ATTACHMENT_MEMBERS.name) ?? `Anlage ${index + 1}`,
    mediaType: take(ATTACHMENT_MEMBERS.mediaType) ?? UNKNOWN_MEDIA_TYPE,
    purpose: 'attachment',
    ...content,
  };
  for (const [name, value] of rest) if (value !== null) ledger.keep(pointerTo(place, name), value);
  return [draft];
}

/** Contents by their place: already stored, or as base64 in the data. */
class Contents {
  private readonly byPlace: ReadonlyMap<string, ReceivedFile>;

  constructor(files: readonly ReceivedFile[]) {
    this.byPlace = new Map(files.map((file) => [file.partName, file]));
  }

  isThere(value: JsonValue | undefined, place: string): boolean {
    return this.byPlace.has(place) || typeof value === 'string';
  }

  /** @throws IntakeRejection `untranslatable`, code `base64-invalid` */
  at(value: JsonValue, place: string): Content | undefined {
    const file = this.byPlace.get(place);
    if (file !== undefined) return { file };
    return typeof value === 'string' ? { bytes: bytesOf(value, place) } : undefined;
  }
}

/** Line breaks, as MIME encoders put them, are no part of it. */
function bytesOf(base64: string, place: string): Uint8Array {
  const text = base64.replace(/[\r\n\t ]/g, '');
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') === text) return bytes;
  const detail = 'The content is not base64 (RFC 4648, section 4).';
  throw new IntakeRejection('untranslatable', 'base64-invalid', detail, shortPointer(place, 300));
}
