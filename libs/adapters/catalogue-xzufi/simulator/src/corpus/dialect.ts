// SPDX-License-Identifier: EUPL-1.2

/** How a synthetic file is spelled: version of the standard, prefix of its namespace, and whether `code` carries the prefix too. */
export interface Dialect {
  readonly namespace: string;
  /** What the root's attribute xzufiVersion says. */
  readonly version: string;
  /** Whether names are those of 2.3.1. */
  readonly is231: boolean;
  readonly prefix: string;
  readonly hasQualifiedCodes: boolean;
}

const NAMESPACE = 'http://xoev.de/schemata/xzufi/';
const base = { prefix: 'xzufi', hasQualifiedCodes: false, is231: false };

export const XZUFI_210: Dialect = { ...base, namespace: `${NAMESPACE}2_1_0`, version: '2.1.0' };
export const XZUFI_220: Dialect = { ...base, namespace: `${NAMESPACE}2_2_0`, version: '2.2.0' };
export const XZUFI_231: Dialect = { ...base, namespace: `${NAMESPACE}2_3_1`, version: '2.3.1', is231: true };

/** Text as it stands between tags. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Elements in one dialect. Strings, not a library: these files judge the library's use. */
export class Spelling {
  readonly dialect: Dialect;
  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** An element with content that is already XML. */
  el(name: string, content: string, attributes: Readonly<Record<string, string | undefined>> = {}): string {
    const tag = this.dialect.prefix === '' ? name : `${this.dialect.prefix}:${name}`;
    return `<${tag}${attributesOf(attributes)}>${content}</${tag}>`;
  }
  /** An element with text. */
  text(name: string, text: string, attributes: Readonly<Record<string, string | undefined>> = {}): string {
    return this.el(name, escaped(text), attributes);
  }
  /** An Identifikator. */
  id(name: string, value: string, agency?: string, schemeID?: string): string {
    return this.text(name, value, { schemeAgencyID: agency, schemeID });
  }
  /** A Code: its children carry no namespace, as the standard's frame has it. */
  code(name: string, code: string, listURI?: string, label?: string): string {
    const child = (tag: string, value: string): string =>
      this.dialect.hasQualifiedCodes || this.dialect.prefix === ''
        ? this.text(tag, value, this.dialect.hasQualifiedCodes ? {} : { xmlns: '' })
        : `<${tag}>${escaped(value)}</${tag}>`;
    const list = listURI === undefined ? {} : { listURI, listVersionID: '1' };
    return this.el(name, child('code', code) + (label === undefined ? '' : child('name', label)), list);
  }
}

function attributesOf(attributes: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => ` ${name}="${escaped(value ?? '')}"`).join('');
}
