// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Attachment, distinctNames, safeFileName } from './attachment.js';

/** Texts of the kinds that make names dangerous, mixed with anything. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '../',
        '..\\',
        '/',
        '\\',
        '\u0000',
        '\r\n',
        '\u202e',
        '\u00ad',
        '\ud800',
        '\u0308',
        'a\u0308',
        '.',
        '..',
        ' ',
        '.pdf',
        'ä',
        '😀',
        '\u200d',
      ),
      fc.string({ unit: 'grapheme', minLength: 60, maxLength: 120 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('safeFileName', () => {
  it.each([
    ['Lageplan.pdf', 'Lageplan.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\erika\\Bescheid.pdf', 'Bescheid.pdf'],
    ['/absolute.pdf', 'absolute.pdf'],
    ['a/..', 'unbenannt'],
    ['.', 'unbenannt'],
    ['...', 'unbenannt'],
    ['', 'unbenannt'],
    ['dir/', 'unbenannt'],
    [' \t ', 'unbenannt'],
    ['\u0000\u0001\u001f\u007f', 'unbenannt'],
    ['a\r\nSet-Cookie: x.pdf', 'aSet-Cookie: x.pdf'],
    ['rechnung\u202efdp.exe', 'rechnungfdp.exe'],
    ['Stra\u00adße\u200b.pdf', 'Straße.pdf'],
    ['U\u0308bersicht.pdf', 'Übersicht.pdf'],
    ['halb\ud83d.pdf', 'halb.pdf'],
    ['Pläne; Käse & Söhne (2).pdf', 'Pläne; Käse & Söhne (2).pdf'],
    ['😀.png', '😀.png'],
    ['.htaccess', '.htaccess'],
    ['..a', '..a'],
  ])('%j becomes %j', (original, safe) => expect(safeFileName(original)).toBe(safe));

  it('composes letters that a soft hyphen kept apart from their dots', () => {
    expect(safeFileName('U\u00ad\u0308bersicht.pdf')).toBe('Übersicht.pdf');
  });

  it('keeps 255 bytes and shortens 256, with the ending kept and no character cut', () => {
    const [fits, tooLong] = [`${'ä'.repeat(125)}x.pdf`, `${'ä'.repeat(126)}.pdf`];
    expect(safeFileName(fits)).toBe(fits);
    expect(safeFileName(tooLong)).toBe(`${'ä'.repeat(125)}.pdf`);
    expect(safeFileName(`${'😀'.repeat(100)}.pdf`)).toBe(`${'😀'.repeat(62)}.pdf`);
  });

  it('is safe whatever comes', () => {
    fc.assert(
      fc.property(hostile, (original) => {
        const name = safeFileName(original);
        expect(name).not.toBe('');
        expect(name).not.toMatch(/^\.{1,2}$/);
        expect(name).not.toMatch(/[/\\]|\p{Cc}|\p{Cf}|\p{Cs}|\p{Zl}|\p{Zp}/u);
        expect(name.normalize('NFC')).toBe(name);
        expect(name.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves a safe name as it is', () => {
    fc.assert(fc.property(hostile, (original) => expect(safeFileName(safeFileName(original))).toBe(safeFileName(original))));
  });
});

describe('distinctNames of many', () => {
  it.each([
    [
      ['scan.pdf', 'scan.pdf', 'scan.pdf'],
      ['scan.pdf', 'scan (2).pdf', 'scan (3).pdf'],
    ],
    [
      ['Scan.pdf', 'SCAN.PDF'],
      ['Scan.pdf', 'SCAN (2).PDF'],
    ],
    [
      ['a (2).pdf', 'a.pdf', 'a.pdf'],
      ['a (2).pdf', 'a.pdf', 'a (3).pdf'],
    ],
    [
      ['a', 'a'],
      ['a', 'a (2)'],
    ],
    [[], []],
  ])('%j become %j', (names, distinct) => expect(distinctNames(names)).toEqual(distinct));

  it('are distinct without regard to case, in order, and still safe', () => {
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 15 }), fc.integer({ min: 1, max: 4 }), (originals, times) => {
        const names = originals.flatMap((original) => Array.from({ length: times }, () => safeFileName(original)));
        const distinct = distinctNames(names);
        expect(distinct).toHaveLength(names.length);
        expect(new Set(distinct.map((name) => name.toLowerCase())).size).toBe(names.length);
        for (const name of distinct) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }),
    );
  });
});

describe('Attachment', () => {
  const described = {
    id: '0192f0a0-0000-7000-8000-000000000001',
    name: 'a.pdf',
    originalName: 'a.pdf',
    mediaType: 'application/pdf',
    purpose: 'attachment',
    scan: 'notScanned',
  };
  const stored = { ...described, state: 'stored', size: 1, sha512: 'a'.repeat(128) };

  it('is stored with its hash, or linked with its link, and nothing in between', () => {
    expect(Attachment.safeParse(stored).success).toBe(true);
    expect(Attachment.safeParse({ ...described, state: 'linked', link: 'https://files.example.org/1' }).success).toBe(true);
    expect(Attachment.safeParse({ ...described, state: 'linked' }).success).toBe(false);
    expect(Attachment.safeParse({ ...stored, link: 'https://files.example.org/1' }).success).toBe(false);
    expect(Attachment.safeParse({ ...stored, sha512: 'A'.repeat(128) }).success).toBe(false);
    expect(Attachment.safeParse({ ...stored, size: -1 }).success).toBe(false);
  });
});
