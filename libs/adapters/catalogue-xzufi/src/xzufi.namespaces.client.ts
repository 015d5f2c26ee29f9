// SPDX-License-Identifier: EUPL-1.2

/** A name with its namespace; the empty text is "in none". */
export interface ExpandedName {
  readonly uri: string;
  readonly local: string;
}

/** Prefix → namespace; the empty prefix is the default namespace. */
export type Bindings = Readonly<Record<string, string>>;

const XML = 'http://www.w3.org/XML/1998/namespace';
const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** A rule of "Namespaces in XML 1.0" is broken. */
export class NamespaceError extends Error {
  override readonly name = 'NamespaceError';
}

/** What prefixes mean between two tags: made once per declaration, remembers the names it has resolved. */
export class NamespaceScope {
  private readonly elements = new Map<string, ExpandedName>();
  readonly bindings: Bindings;

  constructor(bindings: Bindings) {
    this.bindings = bindings;
  }

  /** The scope inside of an element with these attributes: this one, unless they declare something. */
  inside(attributes: readonly { readonly name: string; readonly value: string }[]): NamespaceScope {
    let declared: Record<string, string> | undefined;
    for (const { name, value: uri } of attributes) {
      if (!name.startsWith('xmlns')) continue;
      const prefix = name === 'xmlns' ? '' : name.startsWith('xmlns:') ? name.slice(6) : undefined;
      if (prefix === undefined) continue;
      checkDeclaration(name, prefix, uri);
      declared ??= { ...this.bindings };
      declared[prefix] = uri;
    }
    return declared === undefined ? this : new NamespaceScope(declared);
  }

  /** @throws NamespaceError for a name that has no meaning here. */
  element(name: string): ExpandedName {
    const known = this.elements.get(name);
    if (known !== undefined) return known;
    const colon = name.indexOf(':');
    const expanded = colon === -1 ? { uri: this.bindings[''] ?? '', local: name } : this.prefixed(name, colon);
    this.elements.set(name, expanded);
    return expanded;
  }

  /** As `element`, except that attributes without a prefix are in no namespace. */
  attribute(name: string): ExpandedName {
    const colon = name.indexOf(':');
    return colon === -1 ? { uri: '', local: name } : this.prefixed(name, colon);
  }

  private prefixed(name: string, colon: number): ExpandedName {
    const [prefix, local] = [name.slice(0, colon), name.slice(colon + 1)];
    if (prefix === '' || local === '' || local.includes(':')) throw new NamespaceError(`"${name}" is no qualified name`);
    if (!NAME_START.test(local)) throw new NamespaceError(`"${name}" is no qualified name`);
    if (prefix === 'xml') return { uri: XML, local };
    const uri = prefix === 'xmlns' ? undefined : this.bindings[prefix];
    if (uri === undefined) throw new NamespaceError(`the prefix "${prefix}" is bound to no namespace`);
    return { uri, local };
  }
}

/** What may begin a local name; the rest of the name has been checked with the whole. */
const NAME_START =
  /^[A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]/u;

function checkDeclaration(name: string, prefix: string, uri: string): void {
  const isWrong =
    prefix === 'xmlns' ||
    (prefix === '' && name !== 'xmlns') ||
    prefix.includes(':') ||
    (prefix !== '' && (uri === '' || !NAME_START.test(prefix))) ||
    (prefix === 'xml') !== (uri === XML) ||
    uri === XMLNS;
  if (isWrong) throw new NamespaceError(`the namespace declaration "${name}" is not allowed`);
}
