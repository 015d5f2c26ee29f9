// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { contentType } from './content-type.js';

const PDF = Buffer.from('%PDF-1.7\n%âãÏÓ\n');
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');
const ZIP = Buffer.from('504b0304140000000800', 'hex');
const OLE = Buffer.from('d0cf11e0a1b11ae1', 'hex');
const EXE = Buffer.from('4d5a90000300000004000000ffff0000', 'hex');
const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

describe('what a file is', () => {
  it.each([
    ['a PDF that is said to be one', PDF, 'application/pdf', 'application/pdf'],
    ['a PDF of which nothing is said', PDF, 'application/octet-stream', 'application/pdf'],
    ['a program that is said to be a PDF', EXE, 'application/pdf', 'application/x-msdownload'],
    ['a text that is said to be a PDF', Buffer.from('kein PDF'), 'application/pdf', 'application/octet-stream'],
    ['a text that is said to be a picture', Buffer.from('kein Bild'), 'image/png', 'application/octet-stream'],
    ['a picture that is said to be a text', PNG, 'text/plain', 'image/png'],
    ['an office document in its ZIP', ZIP, DOCX, DOCX],
    ['a ZIP that is said to be a PDF', ZIP, 'application/pdf', 'application/zip'],
    ['an old office document', OLE, 'application/msword', 'application/msword'],
    ['an XML of some kind', Buffer.from('<?xml version="1.0"?><a/>'), 'application/gml+xml', 'application/gml+xml'],
    ['a table', Buffer.from('a;b\r\n1;2'), 'text/csv; charset=utf-8', 'text/csv'],
    ['data', Buffer.from('{"a":1}'), 'Application/JSON', 'application/json'],
    ['nothing that is said to be a PDF', Buffer.alloc(0), 'application/pdf', 'application/pdf'],
    ['nothing of which nothing is said', Buffer.alloc(0), '', 'application/octet-stream'],
  ])('%s', async (_what, bytes, sent, expected) => {
    expect(await contentType(bytes, sent)).toBe(expected);
  });

  it('is told of any bytes, in words that a header may hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 4_100 }), fc.constantFrom(...[PDF, PNG, ZIP, OLE, EXE]), async (bytes, start) => {
        expect(await contentType(Buffer.concat([start.subarray(0, 8), bytes]), 'text/plain')).toMatch(/^[\w.+-]+\/[\w.+-]+$/);
      }),
      { numRuns: 300 },
    );
  });
});
