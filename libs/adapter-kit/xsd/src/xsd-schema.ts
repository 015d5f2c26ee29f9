// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type * as Libxml2 from 'libxml2-wasm';

/** A schema that cannot be used: the operator has to complete the folder. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** Where a schema is: its entry, and the folder below which everything is that it imports (`https://host/path` at `host/path`). */
export interface SchemaPlace {
  readonly folder: string;
  readonly entry: string;
}

/** What a document does against its schema; without its values. */
export interface SchemaViolation {
  readonly message: string;
  readonly line: number | undefined;
}

/** A loaded schema. */
export interface XsdSchema {
  /** @returns the first violation, undefined when the document is valid. */
  violationIn(xml: string): SchemaViolation | undefined;
}

/** Loaded schemas of this thread: some are large (GML and ISO 19139 come with them). */
const loaded = new Map<string, Promise<XsdSchema>>();

/**
 * Loads a schema (libxml2 as WebAssembly), once for this thread. Nothing is fetched.
 * @throws SchemaError when a file of it is missing or is no schema.
 */
export async function xsdSchema(place: SchemaPlace): Promise<XsdSchema> {
  const key = join(place.folder, place.entry);
  let loading = loaded.get(key);
  if (loading === undefined) {
    loading = load(place);
    loaded.set(key, loading);
  }
  return loading;
}

async function load({ folder, entry }: SchemaPlace): Promise<XsdSchema> {
  // The library uses top-level await, and few processes need it.
  const library = await import('libxml2-wasm');
  const path = join(folder, entry);
  if (!existsSync(path)) throw new SchemaError(`The schema ${entry} is not in the folder of schemas.`);
  const files = new FolderInput(folder);
  library.xmlRegisterInputProvider(files);
  try {
    const document = library.XmlDocument.fromBuffer(readFileSync(path), { url: pathToFileURL(path).href });
    try {
      const validator = library.XsdValidator.fromDoc(document);
      return { violationIn: (xml) => violationIn(xml, library, validator) };
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof library.XmlError)) throw error;
    const missing = [...files.missing];
    const reason = missing.length === 0 ? withoutValues(error.message) : `not in the folder of schemas: ${missing.slice(0, 5).join(', ')}`;
    throw new SchemaError(`The schema ${entry} cannot be used: ${reason}`);
  } finally {
    library.xmlCleanupInputProvider();
  }
}

function violationIn(xml: string, library: typeof Libxml2, validator: Libxml2.XsdValidator): SchemaViolation | undefined {
  try {
    const document = library.XmlDocument.fromString(xml);
    try {
      validator.validate(document);
      return undefined;
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof library.XmlLibError)) throw error;
    const [first] = error.details;
    return {
      message: withoutValues(first?.message ?? error.message),
      line: first === undefined || first.line <= 0 ? undefined : first.line,
    };
  }
}

/** Gives the library files of one folder, and nothing else: no network, no other file. */
class FolderInput implements Libxml2.XmlInputProvider {
  readonly missing = new Set<string>();
  private readonly open_ = new Map<number, { bytes: Buffer; at: number }>();
  private next = 1;
  private readonly root: string;

  constructor(folder: string) {
    this.root = resolve(folder);
  }

  match(): boolean {
    return true;
  }
  open(name: string): number | undefined {
    const path = this.pathOf(name);
    if (path === undefined || !existsSync(path) || !statSync(path).isFile()) {
      this.missing.add(path === undefined ? name : relative(this.root, path));
      return undefined;
    }
    const handle = this.next;
    this.next += 1;
    this.open_.set(handle, { bytes: readFileSync(path), at: 0 });
    return handle;
  }
  read(handle: number, buffer: Uint8Array): number {
    const file = this.open_.get(handle);
    if (file === undefined) return -1;
    const part = file.bytes.subarray(file.at, file.at + buffer.byteLength);
    buffer.set(part);
    file.at += part.length;
    return part.length;
  }
  close(handle: number): boolean {
    return this.open_.delete(handle);
  }

  /** Where a name of a schema is kept; undefined for places outside of the folder. */
  private pathOf(name: string): string | undefined {
    const web = /^https?:\/\/([^/?#]+)\/([^?#]*)/i.exec(name);
    const path =
      web !== null
        ? join(this.root, web[1] ?? '', web[2] ?? '')
        : name.startsWith('file:')
          ? fileURLToPath(name)
          : resolve(this.root, name);
    return resolve(path).startsWith(this.root + sep) ? path : undefined;
  }
}

/** The library's message without what it quotes of the document: values stand between quotes, names in braces stay. */
function withoutValues(message: string): string {
  return message
    .trim()
    .replace(/The value '[^']*'/g, 'The value')
    .replace(/value '[^']*'/g, 'value')
    .slice(0, 500);
}
