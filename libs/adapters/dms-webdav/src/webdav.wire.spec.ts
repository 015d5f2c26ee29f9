// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { encodedPath, readMultistatus } from './webdav.wire.js';

const answer = (responses: string): string => `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${responses}</d:multistatus>`;
const prop = (inner: string): string => `<d:propstat><d:prop>${inner}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`;

/** Of a resource about which a server tells as little as it may. */
const NOTHING = { length: null, etag: null, modified: null, mediaType: null, permissions: null };

describe('a multistatus', () => {
  it('tells version, time and media type of a file, whatever other servers do not know', () => {
    const known = prop(
      '<d:getetag>W/"1f-64"</d:getetag><d:getlastmodified>Mon, 02 Feb 2026 09:00:01 GMT</d:getlastmodified><d:getcontenttype>application/pdf</d:getcontenttype>',
    );
    const unknown = '<d:propstat><d:prop><d:getetag/><d:getlastmodified/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>';
    expect(readMultistatus(answer(`<d:response><d:href>/a.pdf</d:href>${known}${unknown}</d:response>`))).toEqual([
      {
        ...NOTHING,
        path: '/a.pdf',
        isCollection: false,
        etag: 'W/"1f-64"',
        modified: new Date('2026-02-02T09:00:01Z'),
        mediaType: 'application/pdf',
      },
    ]);
  });

  it('tells folders from files, with their lengths', () => {
    const folder = `<d:response><d:href>/dav/A%20%C3%BC/</d:href>${prop('<d:resourcetype><d:collection/></d:resourcetype>')}</d:response>`;
    const file = `<d:response><d:href>/dav/A%20%C3%BC/b%26.pdf</d:href>${prop('<d:resourcetype/><d:getcontentlength>12</d:getcontentlength>')}</d:response>`;
    expect(readMultistatus(answer(folder + file))).toEqual([
      { ...NOTHING, path: '/dav/A ü', isCollection: true },
      { ...NOTHING, path: '/dav/A ü/b&.pdf', isCollection: false, length: 12 },
    ]);
  });

  it('may give whole addresses, other prefixes, and properties that were not found', () => {
    const xml = `<x:multistatus xmlns:x="DAV:" xmlns:oc="http://owncloud.org/ns"><x:response><x:href>https://files.example:8443/dav/a.pdf</x:href>
      <x:propstat><x:prop><x:getcontentlength>7</x:getcontentlength><oc:permissions>RGDNVCK</oc:permissions></x:prop><x:status>HTTP/1.1 200 OK</x:status></x:propstat>
      <x:propstat><x:prop><x:getcontentlength/></x:prop><x:status>HTTP/1.1 404 Not Found</x:status></x:propstat></x:response></x:multistatus>`;
    expect(readMultistatus(xml)).toEqual([{ ...NOTHING, path: '/dav/a.pdf', isCollection: false, length: 7, permissions: 'RGDNVCK' }]);
  });

  it.each([
    ['another document', '<html xmlns="DAV:"/>'],
    ['a page', '<html><body>Login<br></body></html>'],
    ['nothing', ''],
    ['half an answer', '<d:multistatus xmlns:d="DAV:"><d:response>'],
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><d:multistatus xmlns:d="DAV:"/>'],
    ['words of another namespace', '<multistatus xmlns="urn:other"/>'],
    ['an address that is none', answer('<d:response><d:href>/dav/%E0%A4%A</d:href></d:response>')],
  ])('is not %s', (_what, xml) => {
    expect(() => readMultistatus(xml)).toThrow();
  });
});

it('paths carry every character of a name', () => {
  expect(encodedPath(['a b', 'ü&;#?%/x'])).toBe('/a%20b/%C3%BC%26%3B%23%3F%25%2Fx');
});
