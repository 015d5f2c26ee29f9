// SPDX-License-Identifier: EUPL-1.2
import { attributeOf, StrictParser, type XmlElement } from './xzufi.elements.client.js';
import { XmlFault, type XmlLimits } from './xzufi.limits.client.js';
import type { Bindings } from './xzufi.namespaces.client.js';
import { type Dialect, NAMESPACE, VERSION_ATTRIBUTE } from './xzufi.wire.js';

/** What the root element says. */
export interface RootFacts {
  readonly local: string;
  readonly namespace: string;
  readonly dialect: Dialect;
  /** The version as the message says it, else that of the namespace. */
  readonly version: string;
  readonly bindings: Bindings;
  /** What is odd about it. */
  readonly remarks: readonly { readonly code: string; readonly message: string }[];
}

const ENCODINGS = ['utf-8', 'utf8', 'us-ascii'];
const UTF16 = [
  [0xfe, 0xff],
  [0xff, 0xfe],
  [0x00, 0x3c],
  [0x3c, 0x00],
];

/**
 * The strict pass over what is not inside of the root: declaration, root tags, what stands before and after. Namespace and version decide what
 * is read how; the name of the message does not matter.
 */
export class Gate {
  private readonly parser: StrictParser;
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private found: RootFacts | undefined;
  private isFirst = true;

  constructor(limits: XmlLimits) {
    const onOpen = (element: XmlElement, scope: { bindings: Bindings }): void => void (this.found = factsOf(element, scope.bindings));
    this.parser = new StrictParser({ limits, isFragment: false, onOpen });
  }

  /** @throws XmlFault */
  write(bytes: Uint8Array): void {
    if (this.isFirst && UTF16.some(([one, two]) => bytes[0] === one && bytes[1] === two)) {
      throw new XmlFault('encoding-not-supported', 'The document is not in UTF-8 but in UTF-16.', 1);
    }
    this.isFirst = false;
    this.parser.write(this.decode(bytes));
  }

  /** @throws XmlFault when the document is not complete. */
  close(): void {
    this.parser.close();
  }

  /** @throws XmlFault for a document that is none of the standard. */
  get root(): RootFacts {
    const { encoding } = this.parser;
    if (encoding !== undefined && !ENCODINGS.includes(encoding.toLowerCase())) {
      throw new XmlFault('encoding-not-supported', `The document declares the encoding ${encoding.slice(0, 40)}; UTF-8 is expected.`, 1);
    }
    if (this.found === undefined) throw new XmlFault('cut-off', 'The document ends before its root element begins.');
    return this.found;
  }

  /** The line that is being read, without what is inside of the root. */
  get line(): number {
    return this.parser.line;
  }

  private decode(bytes: Uint8Array): string {
    try {
      return this.decoder.decode(bytes, { stream: true });
    } catch {
      throw new XmlFault('not-utf8', 'The document has bytes that are not UTF-8.', this.parser.line);
    }
  }
}

function factsOf(root: XmlElement, bindings: Bindings): RootFacts {
  const { local, uri, line } = root;
  const [, major = '', minor = '', patch = ''] = NAMESPACE.exec(uri) ?? [];
  if (major === '') throw new XmlFault('not-xzufi', 'The root element is not in a namespace of XZuFi.', line);
  const dialect = major !== '2' ? undefined : minor === '3' ? '2.3.1' : minor === '2' || minor === '1' ? '2.2.0' : undefined;
  const byNamespace = `${major}.${minor}.${patch}`;
  if (dialect === undefined) {
    throw new XmlFault('version-unknown', `XZuFi ${byNamespace.slice(0, 40)} is not known; 2.1.0, 2.2.0 and 2.3.1 are.`, line);
  }
  const said = attributeOf(root, VERSION_ATTRIBUTE)?.trim();
  const remarks: { code: string; message: string }[] = [];
  if (said === undefined) remarks.push({ code: 'version-missing', message: 'The root says no xzufiVersion; the namespace decides.' });
  else if (said !== byNamespace && said !== `${major}.${minor}`) {
    remarks.push({ code: 'version-contradicts', message: `xzufiVersion is not that of the namespace (${byNamespace}), which decides.` });
  }
  if (byNamespace !== dialect) {
    remarks.push({ code: 'version-near', message: `XZuFi ${byNamespace} is read with the names of ${dialect}, as far as they fit.` });
  }
  return { local, namespace: uri, dialect, version: byNamespace, bindings, remarks };
}
