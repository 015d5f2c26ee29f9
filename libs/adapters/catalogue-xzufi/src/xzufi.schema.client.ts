// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type * as Libxml2 from 'libxml2-wasm';

import { type BatchSchema, decoded, type SchemaCheck } from './xzufi.batch.client.js';
import { XmlFault } from './xzufi.limits.client.js';

/** A schema that cannot be used: the operator has to complete the folder. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** Loaded schemas of this thread: they are large (GML and ISO 19139 come with them). */
const validators = new Map<string, Promise<{ library: typeof Libxml2; validator: Libxml2.XsdValidator }>>();

/**
 * A check against a schema, whose files are all below one folder.
 * @throws SchemaError when a file of it is missing or is no schema.
 */
export async function schemaCheckOf(schema: BatchSchema): Promise<SchemaCheck> {
  const key = join(schema.folder, schema.entry);
  let loading = validators.get(key);
  if (loading === undefined) {
    loading = load(schema);
    validators.set(key, loading);
  }
  const { library, validator } = await loading;
  const linesBefore = lineBreaks(schema.before);
  return (bytes) => {
    try {
      const document = library.XmlDocument.fromString(schema.before + decoded(bytes) + schema.after);
      try {
        validator.validate(document);
        return undefined;
      } finally {
        document.dispose();
      }
    } catch (error) {
      if (!(error instanceof library.XmlLibError)) throw error;
      const [first] = error.details;
      const line = first === undefined || first.line <= 0 ? undefined : Math.max(1, first.line - linesBefore);
      return new XmlFault('schema-violated', `Not valid by the schema: ${withoutValues(first?.message ?? error.message)}`, line);
    }
  };
}

/** Loads a schema without using it. @throws SchemaError */
export async function checkSchema(schema: Pick<BatchSchema, 'folder' | 'entry'>): Promise<void> {
  await schemaCheckOf({ ...schema, before: '', after: '' });
}

async function load(schema: BatchSchema): Promise<{ library: typeof Libxml2; validator: Libxml2.XsdValidator }> {
  const library = await import('libxml2-wasm');
  const path = join(schema.folder, schema.entry);
  if (!existsSync(path)) throw new SchemaError(`The schema ${schema.entry} is not in the folder of schemas.`);
  const files = new FolderInput(schema.folder);
  library.xmlRegisterInputProvider(files);
  try {
    const document = library.XmlDocument.fromBuffer(readFileSync(path), { url: pathToFileURL(path).href });
    try {
      return { library, validator: library.XsdValidator.fromDoc(document) };
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof library.XmlError)) throw error;
    const missing = [...files.missing];
    const reason = missing.length === 0 ? withoutValues(error.message) : `not in the folder of schemas: ${missing.slice(0, 5).join(', ')}`;
    throw new SchemaError(`The schema ${schema.entry} cannot be used: ${reason}`);
  } finally {
    library.xmlCleanupInputProvider();
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

function lineBreaks(text: string): number {
  return text.split('\n').length - 1;
}

/** The library's message without what it quotes of the document: values stand between quotes, names in braces stay. */
function withoutValues(message: string): string {
  return message
    .trim()
    .replace(/The value '[^']*'/g, 'The value')
    .replace(/value '[^']*'/g, 'value')
    .slice(0, 500);
}
