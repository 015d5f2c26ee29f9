// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { encodedPath, readMultistatus } from './webdav.wire.js';

const answer = (responses: string): string => `<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">${responses}</d:multistatus>`;
const prop = (inner: string): string => `<d:propstat><d:prop>${inner}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>`;

describe('a multistatus', () => {
  it('tells folders from files, with their lengths', () => {
    const folder = `<d:response><d:href>/dav/A%20%C3%BC/</d:href>${prop('<d:resourcetype><d:collection/></d:resourcetype>')}</d:response>`;
    const file = `<d:response><d:href>/dav/A%20%C3%BC/b%26.pdf</d:href>${prop('<d:resourcetype/><d:getcontentlength>12</d:getcontentlength>')}</d:response>`;
    expect(readMultistatus(answer(folder + file))).toEqual([
      { path: '/dav/A ü', isCollection: true, length: null, permissions: null },
      { path: '/dav/A ü/b&.pdf', isCollection: false, length: 12, permissions: null },
    ]);
  });

  it('may give whole addresses, other prefixes, and properties that were not found', () => {
    const xml = `<x:multistatus xmlns:x="DAV:" xmlns:oc="http://owncloud.org/ns"><x:response><x:href>https://files.example:8443/dav/a.pdf</x:href>
      <x:propstat><x:prop><x:getcontentlength>7</x:getcontentlength><oc:permissions>RGDNVCK</oc:permissions></x:prop><x:status>HTTP/1.1 200 OK</x:status></x:propstat>
      <x:propstat><x:prop><x:getcontentlength/></x:prop><x:status>HTTP/1.1 404 Not Found</x:status></x:propstat></x:response></x:multistatus>`;
    expect(readMultistatus(xml)).toEqual([{ path: '/dav/a.pdf', isCollection: false, length: 7, permissions: 'RGDNVCK' }]);
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
