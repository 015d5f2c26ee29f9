// SPDX-License-Identifier: EUPL-1.2

/** What a document may be at most. Real ones stay far below: deepest nesting seen is about twelve, largest object 60 kB. */
export interface XmlLimits {
  readonly documentBytesMax: number;
  /** One object, from its start tag to its end tag. */
  readonly recordBytesMax: number;
  readonly depthMax: number;
  /** Attributes of one element. */
  readonly attributesMax: number;
  /** Characters of one run of text, after references are resolved. */
  readonly textCharsMax: number;
}

export const DEFAULT_LIMITS: XmlLimits = {
  documentBytesMax: 8 * 1024 ** 3,
  recordBytesMax: 32 * 1024 ** 2,
  depthMax: 64,
  attributesMax: 64,
  textCharsMax: 4 * 1024 ** 2,
};

/** What makes a document technically invalid, as the second half of a finding's code. */
export type XmlFaultCode =
  | 'not-well-formed'
  | 'not-utf8'
  | 'encoding-not-supported'
  | 'dtd-refused'
  | 'limit-exceeded'
  | 'cut-off'
  | 'not-xzufi'
  | 'version-unknown'
  | 'schema-violated'
  | 'file-missing';

/**
 * The document cannot be taken: technically invalid. The message says what was expected and never quotes content; `line` counts from 1, in the
 * document or, inside of a batch, in that.
 */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
  readonly code: XmlFaultCode;
  readonly line: number | undefined;

  constructor(code: XmlFaultCode, message: string, line?: number) {
    super(message);
    this.code = code;
    this.line = line;
  }
}
