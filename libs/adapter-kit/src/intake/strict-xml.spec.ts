// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { IntakeRejection } from '../intake-rejection.js';
import { readXml, xmlAsJson } from './strict-xml.js';

const asJson = (xml: string | Uint8Array): unknown => xmlAsJson(readXml(Buffer.from(xml as string)));
function rejectionOf(xml: string | Uint8Array): IntakeRejection {
  try {
    readXml(Buffer.from(xml as string));
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was read');
}

describe('reading XML of a stranger', () => {
  it('gives elements, attributes and texts, whatever the prefixes', () => {
    const xml =
      '<?xml version="1.0"?><?jax key="x"?><a:form xmlns:a="urn:a" id="1"><!-- c --><n>Müller &amp; S\u00f6hne &#x20AC;</n><n><![CDATA[<x>]]></n><leer/></a:form>';
    expect(asJson(xml)).toEqual({ form: { '@id': '1', n: ['Müller & Söhne €', '<x>'], leer: '' } });
  });

  it('keeps text beside elements and attributes', () => {
    expect(asJson('<a><b t="1">wert</b>rest<c/></a>')).toEqual({ a: { b: { '@t': '1', '#text': 'wert' }, c: '', '#text': 'rest' } });
  });

  it('calls elements by an attribute, where the format does', () => {
    const xml =
      '<f><var id="name">x</var><list id="kinder"><group id="kind"><var id="alter">3</var></group><group id="kind" n="2"/></list><var id="">y</var></f>';
    expect(xmlAsJson(readXml(Buffer.from(xml)), { nameBy: 'id' })).toEqual({
      f: { name: 'x', kinder: { kind: [{ alter: '3' }, { '@n': '2' }] }, var: { '@id': '', '#text': 'y' } },
    });
  });

  it('loses nothing that calls itself like a text or an attribute', () => {
    const xml = '<f a="1">rest<v id="@a">x</v><v id="#text">y</v></f>';
    expect(xmlAsJson(readXml(Buffer.from(xml)), { nameBy: 'id' })).toEqual({
      f: { '@a': 'x', '#text': 'y', '@a_': '1', '#text_': 'rest' },
    });
  });

  it.each([
    ['ISO-8859-1', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>Köln</a>', 'latin1')],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<a>Köln</a>', 'utf16le')])],
    ['UTF-8 with a mark', Buffer.from('\ufeff<?xml version="1.0" encoding="utf-8"?><a>Köln</a>')],
  ])('reads %s', (_name, bytes) => {
    expect(asJson(bytes)).toEqual({ a: 'Köln' });
  });

  it.each([
    ['a document type', '<!DOCTYPE a><a/>', 'malformed', 'doctype-forbidden'],
    ['entities that grow', '<!DOCTYPE a [<!ENTITY x "geheim"><!ENTITY y "&x;&x;">]><a>&y;</a>', 'malformed', 'doctype-forbidden'],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', 'malformed', 'doctype-forbidden'],
    ['an unknown entity', '<a>&geheim;</a>', 'malformed', 'not-xml'],
    ['a doubled attribute', '<a geheim="1" geheim="2"/>', 'malformed', 'not-xml'],
    ['an element that is not closed', '<a><geheim></a>', 'malformed', 'not-xml'],
    ['an unbound prefix', '<x:a/>', 'malformed', 'not-xml'],
    ['two roots', '<a/><b/>', 'malformed', 'not-xml'],
    ['nothing', '', 'malformed', 'not-xml'],
    ['U+0000', '<a>\u0000</a>', 'malformed', 'not-xml'],
    ['JSON', '{"a":1}', 'malformed', 'not-xml'],
    ['an unknown encoding', '<?xml version="1.0" encoding="EBCDIC"?><a/>', 'malformed', 'charset-unknown'],
    ['nesting without end', '<a>'.repeat(100_000), 'untranslatable', 'too-deep'],
    ['elements without end', `<a>${'<b/>'.repeat(200_001)}</a>`, 'untranslatable', 'too-many-items'],
    ['attributes without end', `<a ${Array.from({ length: 101 }, (_, index) => `a${index}=""`).join(' ')}/>`, 'untranslatable', 'too-long'],
    ['a name without end', `<${'a'.repeat(600)}/>`, 'untranslatable', 'too-long'],
  ])('refuses %s and quotes nothing of it', (_what, xml, kind, code) => {
    const rejection = rejectionOf(xml);
    expect(rejection).toMatchObject({ kind, code });
    expect(rejection.detail).not.toContain('geheim');
  });

  it('refuses bytes that are not what the declaration says', () => {
    expect(rejectionOf(Buffer.from('<a>Köln</a>', 'latin1'))).toMatchObject({ kind: 'malformed', code: 'not-in-charset' });
  });

  it('gives elements or a rejection, whatever the bytes', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<b x="1">',
      '<',
      '&amp;',
      '&#0;',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<?p ?>',
      'ä',
      '\u0000',
      '"',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece).map((pieces) => Buffer.from(`<r>${pieces.join('')}</r>`)),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        (bytes) => {
          try {
            xmlAsJson(readXml(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(IntakeRejection);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
