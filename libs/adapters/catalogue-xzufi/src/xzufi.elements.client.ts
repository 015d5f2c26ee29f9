// SPDX-License-Identifier: EUPL-1.2
import { SaxesParser, type SaxesTagPlain } from 'saxes';

import { XmlFault, type XmlLimits } from './xzufi.limits.client.js';
import { type Bindings, NamespaceError, NamespaceScope } from './xzufi.namespaces.client.js';

/** An attribute without prefix. */
export interface PlainAttribute {
  readonly name: string;
  readonly value: string;
}

/** An attribute with a prefix. */
export interface ForeignAttribute extends PlainAttribute {
  readonly namespace: string;
}

/** An element as it was read. */
export interface XmlElement {
  readonly local: string;
  readonly uri: string;
  /** Attributes without prefix, without declarations of namespaces. */
  readonly attributes: readonly PlainAttribute[];
  readonly foreign: readonly ForeignAttribute[];
  /** Text and elements in order. Runs of text are whole: neither comments nor CDATA nor chunks divide them. */
  readonly parts: (string | XmlElement)[];
  /** Where its start tag ends; from 1. */
  readonly line: number;
}

/** A piece of content is read as the content of such an element: the parser's own way of reading fragments is less strict with text. */
const CONTENT = 'content';

/** Of an element without attributes. */
export const NO_ATTRIBUTES: readonly PlainAttribute[] = Object.freeze([]);
export const NO_FOREIGN: readonly ForeignAttribute[] = Object.freeze([]);

/** The value of an attribute without prefix. */
export function attributeOf({ attributes }: Pick<XmlElement, 'attributes'>, name: string): string | undefined {
  return attributes.find((one) => one.name === name)?.value;
}

/**
 * Attributes without prefix and such with one, as their element means them; declarations of namespaces are neither.
 * @throws NamespaceError for an unbound prefix, or two attributes that mean the same.
 */
export function dividedAttributes(given: readonly PlainAttribute[], scope: NamespaceScope): Pick<XmlElement, 'attributes' | 'foreign'> {
  const attributes: PlainAttribute[] = [];
  const foreign: ForeignAttribute[] = [];
  for (const { name, value } of given) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const { uri, local } = scope.attribute(name);
    if (uri === '') attributes.push({ name, value });
    else if (foreign.some((one) => one.name === local && one.namespace === uri)) {
      throw new NamespaceError(`the attribute "${local}" stands twice`);
    } else foreign.push({ name: local, namespace: uri, value });
  }
  return { attributes, foreign };
}

/** How a strict parser is set up. */
export interface StrictParserSettings {
  readonly limits: XmlLimits;
  /** Namespaces that hold at the beginning; for a piece of a document. */
  readonly bindings?: Bindings;
  /** A piece of content, not a document: text and several elements side by side. */
  readonly isFragment: boolean;
  /** How deep the piece stands in its document. */
  readonly depth?: number;
  /** Called for each element on the top level, when it is complete. */
  readonly onElement?: (element: XmlElement) => void;
  /** Called for each start tag on the top level. */
  readonly onOpen?: (element: XmlElement, scope: NamespaceScope) => void;
  /** Text that is not blank, between elements on the top level. */
  readonly onTopText?: () => void;
}

/**
 * A strict reader of XML: what is not well-formed, has a document type, or passes a limit is an {@link XmlFault}; nothing is repaired, no
 * entity but the five is known. Text is given piece by piece.
 */
export class StrictParser {
  private readonly sax: SaxesParser<{ xmlns: false }>;
  private readonly settings: StrictParserSettings;
  private readonly open: XmlElement[] = [];
  private readonly scopes: NamespaceScope[];
  private scope: NamespaceScope;
  private readonly depth: number;
  /** How many open elements are not of the document. */
  private readonly base: number;
  /** Characters of the run of text that is being read. */
  private textChars = 0;
  /** Attributes of the start tag that is being read; a list, because the parser's own dictionary is slow to walk through. */
  private given: PlainAttribute[] = [];
  private isPlain = true;
  /** The parser forgets it when it is closed. */
  private lastLine: number | undefined;

  constructor(settings: StrictParserSettings) {
    this.settings = settings;
    this.depth = settings.depth ?? 0;
    this.scope = new NamespaceScope(settings.bindings ?? {});
    this.scopes = [];
    this.sax = new SaxesParser({ xmlns: false, forceXMLVersion: true, defaultXMLVersion: '1.0' });
    this.listen();
    this.base = settings.isFragment ? 1 : 0;
    if (settings.isFragment) this.sax.write(`<${CONTENT}>`);
  }

  /** The line that is being read, from 1; after the end the last one. */
  get line(): number {
    return this.lastLine ?? this.sax.line;
  }

  /** The encoding that the XML declaration names. */
  get encoding(): string | undefined {
    return this.sax.xmlDecl.encoding;
  }

  /** @throws XmlFault */
  write(text: string): void {
    try {
      this.sax.write(text);
    } catch (error) {
      throw this.faultOf(error);
    }
  }

  /** @throws XmlFault */
  close(): void {
    try {
      if (this.settings.isFragment) this.sax.write(`</${CONTENT}>`);
      // Only now: a carriage return at the end is counted with what follows it.
      this.lastLine = this.sax.line;
      this.sax.close();
    } catch (error) {
      throw this.faultOf(error);
    }
  }

  private listen(): void {
    const { sax } = this;
    sax.on('error', (error) => {
      throw error;
    });
    sax.on('doctype', () => {
      throw new XmlFault('dtd-refused', 'A document type declaration is not accepted.', sax.line);
    });
    sax.on('attribute', (attribute) => this.onAttribute(attribute));
    sax.on('opentag', (tag) => this.onOpenTag(tag));
    sax.on('closetag', () => this.onCloseTag());
    sax.on('text', (text) => this.onText(text));
    sax.on('cdata', (text) => this.onText(text));
  }

  private onOpenTag(tag: SaxesTagPlain): void {
    const { limits, onOpen } = this.settings;
    const { open, base } = this;
    if (open.length - base + this.depth >= limits.depthMax) throw this.tooMuch(`nests deeper than ${limits.depthMax}`);
    const outer = this.scope;
    const element = this.elementOf(tag);
    this.scopes.push(outer);
    if (open.length === base) onOpen?.(element, this.scope);
    else open[open.length - 1]?.parts.push(element);
    open.push(element);
    this.textChars = 0;
  }

  private onAttribute(attribute: PlainAttribute): void {
    const { name } = attribute;
    const { attributesMax } = this.settings.limits;
    if (this.given.length >= attributesMax) throw this.tooMuch(`has more than ${attributesMax} attributes`);
    if (name.startsWith('xmlns') || name.includes(':')) this.isPlain = false;
    this.given.push(attribute);
  }

  private elementOf(tag: SaxesTagPlain): XmlElement {
    const { given } = this;
    let attributes = NO_ATTRIBUTES;
    let foreign = NO_FOREIGN;
    if (given.length > 0) {
      this.given = [];
      attributes = given;
      if (!this.isPlain) {
        this.isPlain = true;
        this.scope = this.scope.inside(given);
        ({ attributes, foreign } = dividedAttributes(given, this.scope));
      }
    }
    const { uri, local } = this.scope.element(tag.name);
    return { local, uri, attributes, foreign, parts: [], line: this.sax.line };
  }

  private onCloseTag(): void {
    const element = this.open.pop();
    this.scope = this.scopes.pop() ?? this.scope;
    this.textChars = 0;
    if (this.open.length === this.base && element !== undefined) this.settings.onElement?.(element);
  }

  private onText(text: string): void {
    const element = this.open.length > this.base ? this.open[this.open.length - 1] : undefined;
    this.textChars += text.length;
    if (this.textChars > this.settings.limits.textCharsMax) {
      throw this.tooMuch(`has a text of more than ${this.settings.limits.textCharsMax} characters`);
    }
    if (element === undefined) {
      if (/\S/.test(text)) this.settings.onTopText?.();
      return;
    }
    const { parts } = element;
    const last = parts.length - 1;
    if (typeof parts[last] === 'string') parts[last] += text;
    else parts.push(text);
  }

  private tooMuch(what: string): XmlFault {
    return new XmlFault('limit-exceeded', `An element ${what}.`, this.sax.line);
  }

  private faultOf(error: unknown): unknown {
    if (error instanceof XmlFault) return error;
    const { line } = this;
    if (error instanceof NamespaceError) return new XmlFault('not-well-formed', `Not namespace-well-formed: ${error.message}.`, line);
    // Of the parser's message only its first words: it may quote what it stumbled over.
    return new XmlFault('not-well-formed', `Not well-formed XML: ${reasonOf(error)}.`, line);
  }
}

/** The parser's reason without position and without what it quotes. */
function reasonOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '';
  return (
    message
      .replace(/^\d+:\d+: /, '')
      .replace(/["':].*$/s, '')
      .trim()
      .slice(0, 120)
      .replace(/\.$/, '') || 'unexpected character'
  );
}
