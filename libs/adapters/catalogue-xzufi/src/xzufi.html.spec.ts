// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sanitizeHtml from 'sanitize-html';

import { cleanHtml, safeLink } from './xzufi.html.mapping.js';

/** The sanitiser alone, with the standard's list. */
const reference = (html: string): string =>
  sanitizeHtml(html, {
    allowedTags: ['p', 'br', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'b', 'strong', 'i', 'em', 'sup', 'sub', 'ul', 'ol', 'li', 'a'],
    allowedAttributes: { a: ['href'] },
    allowedSchemes: ['ftp', 'http', 'https', 'mailto'],
  });
const normalised = (html: string): string =>
  html
    .replace(/<br ?\/?>/g, '<br />')
    .replaceAll('"', '&quot;')
    .replace(/&nbsp;|&#160;/g, '\u00a0')
    .replace(/&#(\d+);/g, (_, code: string) => {
      const char = String.fromCodePoint(Number(code));
      return char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' ? '&amp;' : char === '"' ? '&quot;' : char;
    });

describe('formatted text', () => {
  it.each([
    ['<p>Gut</p>', '<p>Gut</p>'],
    ['<h1>A</h1><ul><li>B<sup>2</sup></li></ul>', '<h1>A</h1><ul><li>B<sup>2</sup></li></ul>'],
    ['<script>alert(1)</script>Text', 'Text'],
    ['<style>p{}</style><p>Text</p>', '<p>Text</p>'],
    ['<img src=x onerror=alert(1)>', ''],
    ['<p onclick="alert(1)">Text</p>', '<p>Text</p>'],
    ['<a href="java\nscript:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="JAVASCRIPT:alert(1)">x</a>', '<a>x</a>'],
    ['<a href="data:text/html,x">x</a>', '<a>x</a>'],
    ['<a href="//evil.example/">x</a>', '<a>x</a>'],
    ['<a href="/relative">x</a>', '<a>x</a>'],
    ['<a href="mailto:amt@example.de">x</a>', '<a href="mailto:amt@example.de">x</a>'],
    ['<a href="https://a.example/" target="_blank" style="x">x</a>', '<a href="https://a.example/">x</a>'],
    ['<p>offen', '<p>offen</p>'],
    ['<b><i>gekreuzt</b></i>', '<b><i>gekreuzt</i></b>'],
    ['a < b', 'a &lt; b'],
    ['<!-- Kommentar -->x', 'x'],
    ['<svg><script>alert(1)</script></svg>', ''],
  ])('%s', (given, clean) => expect(cleanHtml(given)).toBe(clean));

  it('is only let through as it is when the sanitiser would leave it as it is', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<b>',
      '</b>',
      '<a href="https://a.example/?x=1">',
      '<a href="javascript:x">',
      '</a>',
      '<br>',
      '<br/>',
      '<li>',
      '</li>',
      '<P>',
      '<p >',
      '<p',
      '>',
      '<',
      '&amp;',
      '&',
      '&lt;',
      '&nbsp;',
      '&#60;',
      '&quot;',
      '"',
      "'",
      'Text',
      ' ',
      '<script>',
      '</script>',
      '<!--',
      '-->',
      '\u0000',
      'ä',
      '/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const html = pieces.join('');
        if (cleanHtml(html) !== html) return;
        expect(normalised(reference(html))).toBe(normalised(html));
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('links', () => {
  it.each(['https://a.example/b?c=d', 'http://a.example', 'ftp://a.example/x', 'mailto:amt@example.de'])('%s may be followed', (uri) => {
    expect(safeLink(uri)).toBe(uri);
  });
  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'www.example.de',
    '',
    'https://a.example/\u0009b',
    'vbscript:x',
  ])('%j may not', (uri) => expect(safeLink(uri)).toBeUndefined());
});
