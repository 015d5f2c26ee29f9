// SPDX-License-Identifier: EUPL-1.2
/** Everything that is no Char of XML 1.0 (section 2.2), lone surrogates included. */
const ILLEGAL = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/**
 * Prepares texts for xmlbuilder2 and counts what XML cannot carry. The builder leaves every ampersand alone that looks like an entity or a
 * decimal character reference; a citizen who types `&nbsp;` would break the document and one who types `&lt;` would be misquoted. So all
 * ampersands are escaped here, and line ends that a reader would normalise (XML 1.0, sections 2.11 and 3.3.3) become character references.
 */
export class XmlText {
  /** Characters replaced by U+FFFD so far. */
  replaced = 0;

  /** For the content of an element. */
  content(text: string): string {
    return this.legal(text).replaceAll('&', '&amp;').replaceAll('\r', '&#13;');
  }

  /** For the value of an attribute. */
  attribute(text: string): string {
    return this.content(text).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
  }

  private legal(text: string): string {
    return text.replace(ILLEGAL, () => {
      this.replaced += 1;
      return '\ufffd';
    });
  }
}
