// SPDX-License-Identifier: EUPL-1.2
/*
 * The words of WebDAV (RFC 4918), verbatim. Answers of the verbs as Apache's mod_dav gives them; what Nextcloud adds is marked.
 */
import { SaxesParser } from 'saxes';

const DAV = 'DAV:';
/** Nextcloud and ownCloud tell in it what the user may do: C create files, K create folders, and others. */
const OWNCLOUD = 'http://owncloud.org/ns';

/** Asks for what this adapter needs to know of a resource, and for nothing else. */
export const PROPFIND_BODY =
  '<?xml version="1.0" encoding="utf-8"?>' +
  `<D:propfind xmlns:D="${DAV}" xmlns:O="${OWNCLOUD}"><D:prop><D:resourcetype/><D:getcontentlength/><D:getetag/><D:getlastmodified/><D:getcontenttype/>` +
  '<O:permissions/></D:prop></D:propfind>';

/** A resource as the server lists it. */
export interface DavResource {
  /** Decoded path on the server, without a slash at its end. */
  readonly path: string;
  readonly isCollection: boolean;
  /** Bytes; null for collections and where the server does not tell. */
  readonly length: number | null;
  /** As the server writes it, with its quotes; null where it has none. */
  readonly etag: string | null;
  readonly modified: Date | null;
  readonly mediaType: string | null;
  /** Nextcloud's letters; null elsewhere. */
  readonly permissions: string | null;
}

interface Draft {
  href: string;
  isCollection: boolean;
  length: string;
  etag: string;
  modified: string;
  mediaType: string;
  permissions: string | null;
}

/**
 * Reads the multistatus of a PROPFIND (RFC 4918, section 14.16). Properties that were not found come in a propstat of their own, empty.
 * @throws Error when it is not well-formed or no multistatus; the message quotes nothing of it.
 */
export function readMultistatus(xml: string): DavResource[] {
  const resources: DavResource[] = [];
  const parser = new SaxesParser({ xmlns: true, position: false });
  const open: string[] = [];
  let draft: Draft = emptyDraft();
  let text = '';
  const root = { isMultistatus: false };
  parser.on('error', () => {
    throw new Error('not well-formed');
  });
  parser.on('doctype', () => {
    throw new Error('a document type declaration');
  });
  parser.on('opentag', ({ uri, local }) => {
    if (open.length === 0) root.isMultistatus = uri === DAV && local === 'multistatus';
    if (uri === DAV && local === 'response') draft = emptyDraft();
    if (uri === DAV && local === 'collection' && open.at(-1) === 'resourcetype') draft.isCollection = true;
    open.push(local);
    text = '';
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', ({ uri, local }) => {
    open.pop();
    if (uri === OWNCLOUD && local === 'permissions' && text !== '') draft.permissions = text.trim();
    if (uri !== DAV) return;
    if (local === 'href' && open.at(-1) === 'response') draft.href = text.trim();
    if (local === 'getcontentlength') draft.length = text.trim() === '' ? draft.length : text.trim();
    if (local === 'getetag') draft.etag ||= text.trim();
    if (local === 'getlastmodified') draft.modified ||= text.trim();
    if (local === 'getcontenttype') draft.mediaType ||= text.trim();
    if (local === 'response') resources.push(resourceOf(draft));
  });
  parser.write(xml).close();
  if (!root.isMultistatus) throw new Error('no multistatus');
  return resources;
}

function emptyDraft(): Draft {
  return { href: '', isCollection: false, length: '', etag: '', modified: '', mediaType: '', permissions: null };
}

/** A href may be a path or a whole address (RFC 4918, section 8.3). */
function resourceOf({ href, isCollection, length, etag, modified, mediaType, permissions }: Draft): DavResource {
  const path = href.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/\/+$/, '');
  const time = Date.parse(modified);
  return {
    path: decodeURIComponent(path),
    isCollection,
    length: /^\d{1,16}$/.test(length) ? Number(length) : null,
    etag: etag === '' ? null : etag,
    modified: Number.isNaN(time) ? null : new Date(time),
    mediaType: mediaType === '' ? null : mediaType,
    permissions,
  };
}

/** Path of an address as it goes over the wire. */
export function encodedPath(segments: readonly string[]): string {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}
