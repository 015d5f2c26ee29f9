// SPDX-License-Identifier: EUPL-1.2

/** A header with parameters: `form-data; name="a"`. */
export interface ParameterisedHeader {
  /** What stands before the first semicolon, in lower case. */
  readonly value: string;
  /** Name in lower case → value, unquoted; the first of equal names counts. Still bytes, one character each (latin1). */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * One parameter. In quotes, a backslash only escapes a quote or another backslash: old browsers put whole paths there (`C:\Users\…`). No two
 * neighbouring pieces can match the same text, so that hostile headers cost no more than long ones.
 */
const PARAMETER = /;[ \t]*([^\s=;"]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\["\\]|\\(?!["\\]))*)"[ \t]*|((?:[^\s;"][^;"]*)?))(?=;|$)/y;

/** Takes a header apart. @returns `undefined` when it is not well-formed. */
export function parseParameters(header: string): ParameterisedHeader | undefined {
  const end = header.indexOf(';');
  const value = (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
  const parameters = new Map<string, string>();
  let position = end < 0 ? header.length : end;
  while (position < header.length) {
    // Some senders end with a semicolon.
    if (header.slice(position + 1).trim() === '') break;
    PARAMETER.lastIndex = position;
    const match = PARAMETER.exec(header);
    if (match === null) return undefined;
    const [whole, name = '', quoted, plain = ''] = match;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted === undefined ? plain.trim() : quoted.replace(/\\(["\\])/g, '$1'));
    position += whole.length;
  }
  return { value, parameters };
}

/**
 * A name out of Content-Disposition as the sender meant it: `filename*` (RFC 8187) when there is a readable one, else the plain parameter:
 * UTF-8 as browsers send it, with the three characters they escape (HTML, "multipart/form-data encoding algorithm"); bytes that are no UTF-8
 * are Windows-1252, as old senders write. Nothing is cleaned: umlauts in either normal form, path separators and control characters stay.
 */
export function nameFrom(parameters: ReadonlyMap<string, string>, key: 'name' | 'filename'): string | undefined {
  const extended = parameters.get(`${key}*`);
  const exact = extended === undefined ? undefined : extendedValue(extended);
  if (exact !== undefined) return exact;
  const plain = parameters.get(key);
  if (plain === undefined) return undefined;
  return textOf(Buffer.from(plain, 'latin1')).replace(/%(22|0D|0A)/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** `UTF-8''a%20b` (RFC 8187); `undefined` when it is none. */
function extendedValue(text: string): string | undefined {
  const match = /^([^']*)'[^']*'(.*)$/s.exec(text);
  if (match === null) return undefined;
  const [, charset = '', encoded = ''] = match;
  if (/%(?![0-9a-f]{2})/i.test(encoded)) return undefined;
  const bytes = Buffer.from(
    encoded.replace(/%([0-9a-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );
  if (charset.toLowerCase() === 'utf-8') return textOf(bytes);
  return charset.toLowerCase() === 'iso-8859-1' ? bytes.toString('latin1') : undefined;
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
