// SPDX-License-Identifier: EUPL-1.2
/*
 * FORMCYCLE's action "HTTP-Request" has no words of its own: names and aliases of parameters are the form author's. Documented by the vendor
 * (help.formcycle.eu): automatic bodies are url-encoded without files and multipart as soon as one file is sent. Inferred: repeated elements
 * come as repeated or as numbered names; a charset may stand in the Content-Type.
 */

/** Charsets that the action offers and this adapter reads, by the names a Content-Type may give them. */
export const CHARSETS: Readonly<Record<string, 'utf-8' | 'windows-1252'>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  // As browsers read it (WHATWG Encoding): the printable characters of ISO 8859-1 are the same.
  'iso-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252',
};

/** How forms write yes and no. */
export const YES: readonly string[] = ['true', 'ja', '1', 'on'];
export const NO: readonly string[] = ['false', 'nein', '0', 'off', ''];
