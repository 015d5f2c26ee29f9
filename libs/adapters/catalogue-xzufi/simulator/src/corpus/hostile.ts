// SPDX-License-Identifier: EUPL-1.2
import { XZUFI_220 } from './dialect.js';
import { Spelling } from './dialect.js';
import { closing, message, opening, schreibe } from './message.js';
import { leistung } from './objects.js';

/** A file that must not be taken, and the second half of the code that says why. */
export interface HostileFile {
  readonly name: string;
  readonly code: string;
  readonly bytes: Buffer;
}

const frame = { dialect: XZUFI_220 };
const x = new Spelling(XZUFI_220);
const service = schreibe(XZUFI_220, leistung(x, { id: '1' }));
const good = message(frame, service, service);
const inside = (xml: string): string => message(frame, service, xml, service);

/** XML in the place of a whole object. */
const files: readonly (readonly [name: string, code: string, content: string | Buffer])[] = [
  ['empty', 'cut-off', ''],
  ['only blanks', 'cut-off', '  \n'],
  ['cut off inside of an object', 'cut-off', good.slice(0, good.length - 400)],
  ['cut off after an object', 'cut-off', good.slice(0, -closing(frame).length)],
  ['cut off inside of the end tag', 'cut-off', good.trimEnd().slice(0, -3)],
  ['cut off inside of the root tag', 'cut-off', opening(frame).slice(0, 60)],
  ['something after the root', 'not-well-formed', `${good}<more/>`],
  ['text after the root', 'not-well-formed', `${good}more`],
  ['text before the root', 'not-well-formed', `more${good.replace(/^<\?xml.*\n/, '')}`],
  ['tags that cross', 'not-well-formed', inside('<xzufi:schreibe><xzufi:leistung><xzufi:id></xzufi:leistung></xzufi:id></xzufi:schreibe>')],
  ['an end tag too many', 'not-well-formed', inside('</xzufi:leistung>')],
  ['a bare ampersand', 'not-well-formed', inside('<xzufi:schreibe>a & b</xzufi:schreibe>')],
  ['a bare less-than in an attribute', 'not-well-formed', inside('<xzufi:schreibe a="<"/>')],
  ['an attribute without quotes', 'not-well-formed', inside('<xzufi:schreibe a=1/>')],
  ['an attribute twice', 'not-well-formed', inside('<xzufi:schreibe a="1" a="2"/>')],
  ['an attribute twice by namespace', 'not-well-formed', inside('<xzufi:schreibe xmlns:p="urn:a" xmlns:q="urn:a" p:a="1" q:a="2"/>')],
  ['a prefix that is not bound', 'not-well-formed', inside('<unbound:schreibe/>')],
  ['an attribute whose prefix is not bound', 'not-well-formed', inside('<xzufi:schreibe unbound:a="1"/>')],
  ['the prefix xml bound elsewhere', 'not-well-formed', inside('<xzufi:schreibe xmlns:xml="urn:other"/>')],
  ['a prefix unbound', 'not-well-formed', inside('<xzufi:schreibe xmlns:xsi=""/>')],
  ['a name with two colons', 'not-well-formed', inside('<xzufi:a:b/>')],
  ['a control character', 'not-well-formed', inside('<xzufi:schreibe>\u0001</xzufi:schreibe>')],
  ['a control character as reference', 'not-well-formed', inside('<xzufi:schreibe>&#1;</xzufi:schreibe>')],
  ['an entity that is not defined', 'not-well-formed', inside('<xzufi:schreibe>&nbsp;</xzufi:schreibe>')],
  ['the end of a CDATA section without one', 'not-well-formed', inside('<xzufi:schreibe>]]></xzufi:schreibe>')],
  ['two hyphens in a comment', 'not-well-formed', inside('<!-- a -- b -->')],
  ['a comment without end', 'cut-off', inside('<!-- <xzufi:schreibe>')],
  ['a CDATA section without end', 'cut-off', inside('<xzufi:schreibe><![CDATA[ </xzufi:schreibe>')],
  ['a markup declaration inside', 'not-well-formed', inside('<!ELEMENT a ANY>')],
  ['an XML declaration inside', 'not-well-formed', inside('<?xml version="1.0"?>')],
  ['an XML declaration after a blank', 'not-well-formed', ` ${good}`],
  ['a document type', 'dtd-refused', good.replace('?>\n', '?>\n<!DOCTYPE x>')],
  [
    'an external entity',
    'dtd-refused',
    good.replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>').replace('Leistung 1', '&e;'),
  ],
  [
    'an entity bomb',
    'dtd-refused',
    good.replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'),
  ],
  [
    'a parameter entity from elsewhere',
    'dtd-refused',
    good.replace('?>\n', '?>\n<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x"> %p;]>'),
  ],
  ['elements nested too deep', 'limit-exceeded', inside(`${'<xzufi:schreibe>'.repeat(70)}${'</xzufi:schreibe>'.repeat(70)}`)],
  ['too many attributes', 'limit-exceeded', inside(`<xzufi:schreibe ${Array.from({ length: 65 }, (_, at) => `a${at}="1"`).join(' ')}/>`)],
  ['a text too long', 'limit-exceeded', inside(`<xzufi:schreibe>${'a'.repeat(4 * 1024 * 1024 + 1)}</xzufi:schreibe>`)],
  ['a tag too long', 'limit-exceeded', inside(`<xzufi:schreibe a="${'a'.repeat(1024 * 1024)}"/>`)],
  ['a prolog too long', 'limit-exceeded', good.replace('?>\n', `?>\n<!--${' '.repeat(1024 * 1024)}-->`)],
  ['another encoding declared', 'encoding-not-supported', good.replace('UTF-8', 'ISO-8859-1')],
  ['UTF-16', 'encoding-not-supported', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(good, 'utf16le')])],
  ['bytes of ISO 8859-1 that say they are UTF-8', 'not-utf8', Buffer.from(good.replace('Leistung 1', 'Führerschein'), 'latin1')],
  ['half a character at the end of a text', 'not-utf8', Buffer.from(good.replace('Leistung 1', '\u00c3\u0028'), 'latin1')],
  ['another standard', 'not-xzufi', '<root xmlns="urn:something:else"><schreibe/></root>'],
  ['no namespace', 'not-xzufi', '<transfer><schreibe/></transfer>'],
  ['a version that is not known', 'version-unknown', good.replaceAll('/xzufi/2_2_0', '/xzufi/3_0_0')],
  ['a web page', 'not-xzufi', '<html><head><title>504</title></head><body><p>Gateway<br></body></html>'],
  ['JSON', 'not-well-formed', '{"error":"not found"}'],
];

/** Files that are not well-formed, dangerous, or no XZuFi: each must be refused, and nothing of it taken. */
export const HOSTILE_FILES: readonly HostileFile[] = files.map(([name, code, content]) => ({
  name,
  code,
  bytes: typeof content === 'string' ? Buffer.from(content, 'utf8') : content,
}));
